import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Choice, Reply } from "../reply.ts";
import { blocksOf, inputOf, type Block } from "../script/blocks.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { signatureOf } from "../signature.ts";
import { endMembers } from "./stop-reason.ts";
import { toolUseId } from "./tool-use-id.ts";
import { usageJson } from "./usage.ts";

const contentOf = (block: Block, signer: string): object => {
  const text = block.pieces.join("");
  switch (block.kind) {
    case "text":
      return { type: "text", text };
    case "thinking":
      return { type: "thinking", thinking: text, signature: signatureOf(signer, text) };
    case "tool": {
      const { id, name } = block.call;
      const input = inputOf(block.call);
      return { type: "tool_use", id: toolUseId(id), name, input, caller: { type: "direct" } };
    }
  }
};

export interface MessageParts {
  readonly dialect: Dialect;
  readonly model: string;
  /** Whose signature stands under reasoning. */
  readonly signer: string;
  readonly reply: Reply;
  readonly headers: (facts: CallFacts) => readonly string[];
}

/** A whole message, written once but for what differs from call to call. */
export class MessageAnswer implements PlainAnswer {
  readonly dialect: Dialect;
  readonly reply: Reply;
  readonly headers: MessageParts["headers"];
  readonly #model: string;
  readonly #rest: string;
  readonly #usage: string | null;

  constructor({ dialect, model, signer, reply, headers }: MessageParts) {
    this.dialect = dialect;
    this.reply = reply;
    this.headers = headers;
    this.#model = JSON.stringify(model);
    const [choice] = reply.choices;
    const content =
      choice === undefined ? [] : blocksOf(choice).map((block) => contentOf(block, signer));
    this.#rest = `"content":${JSON.stringify(content)},${endOf(choice)}`;
    this.#usage = usageJson(reply.tokens, null);
  }

  body(facts: CallFacts, fault: FaultName | null): string {
    return `${this.#head(facts)}${this.#rest}${this.#tail(facts, fault)}`;
  }

  bytes(_: CallFacts, body: string): number {
    return Buffer.byteLength(body);
  }

  around(facts: CallFacts): [before: string, after: string] {
    const before = `${this.#head(facts)}"content":[{"type":"text","text":"`;
    const end = '"stop_reason":"end_turn","stop_sequence":null';
    return [before, `"}],${end}${this.#tail(facts, null)}`];
  }

  #head(facts: CallFacts): string {
    return `{"model":${this.#model},"id":"${facts.id}","type":"message","role":"assistant",`;
  }

  #tail(facts: CallFacts, fault: FaultName | null): string {
    const isUsual = fault === null && facts.tokens === this.reply.tokens;
    const usage = isUsual ? this.#usage : usageJson(facts.tokens, fault);
    return usage === null ? "}" : `,"usage":${usage}}`;
  }
}

const endOf = (choice: Choice | undefined): string =>
  choice === undefined ? '"stop_reason":"end_turn","stop_sequence":null' : endMembers(choice);
