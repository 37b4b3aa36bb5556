import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Question } from "../question.ts";
import type { Choice, Reply } from "../reply.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { openai } from "./dialect.ts";
import { finishReason } from "./finish-reason.ts";
import { usageJson } from "./usage.ts";

const messageOf = (choice: Choice): object => {
  const text = choice.pieces?.join("") ?? null;
  const calls = choice.calls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.pieces.join("") },
  }));
  return {
    role: "assistant",
    content: choice.isRefusal ? null : text,
    refusal: choice.isRefusal ? text : null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    annotations: [],
  };
};

/** A plain answer, written once but for what differs from call to call. */
export class ChatAnswer implements PlainAnswer {
  readonly dialect: Dialect = openai;
  readonly reply: Reply;
  readonly #afterCreated: string;
  readonly #model: string;
  readonly #usage: string;
  readonly #restBytes: number;

  constructor(question: Question, reply: Reply) {
    this.reply = reply;
    const choices = reply.choices.map((choice, index) => ({
      index,
      message: messageOf(choice),
      logprobs: null,
      finish_reason: finishReason(choice),
    }));
    this.#model = JSON.stringify(question.model);
    this.#afterCreated = `,"model":${this.#model},"choices":${JSON.stringify(choices)}`;
    this.#usage = usageJson(reply.tokens, null) ?? "{}";
    const rest = this.#write({ id: "", createdSeconds: 0 }, this.#usage);
    // Less the one digit of the 0.
    this.#restBytes = Buffer.byteLength(rest) - 1;
  }

  body(facts: CallFacts, fault: FaultName | null): string {
    return this.#write(facts, fault === null ? this.#usage : usageJson(this.reply.tokens, fault));
  }

  /** The length in bytes of a faultless body. */
  bytes(facts: CallFacts): number {
    return this.#restBytes + facts.id.length + String(facts.createdSeconds).length;
  }

  /** What stands before and after the text of an answer with one choice. */
  around(facts: CallFacts): [before: string, after: string] {
    const before =
      `{"id":"${facts.id}","object":"chat.completion","created":${facts.createdSeconds},` +
      `"model":${this.#model},"choices":[{"index":0,` +
      `"message":{"role":"assistant","content":"`;
    const after = `"},"logprobs":null,"finish_reason":"stop"}],"usage":${this.#usage}}`;
    return [before, after];
  }

  headers(): readonly string[] {
    return [];
  }

  #write(facts: Pick<CallFacts, "id" | "createdSeconds">, usage: string | null): string {
    return (
      `{"id":"${facts.id}","object":"chat.completion","created":${facts.createdSeconds}` +
      `${this.#afterCreated}${usage === null ? "" : `,"usage":${usage}`}` +
      `,"service_tier":"default","system_fingerprint":"fp_simulator"}`
    );
  }
}
