import type { EventSink } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { readFinishReason } from "./finish-reason.ts";
import { readProof } from "./proof.ts";
import { promptOf, readUsage } from "./usage.ts";

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Null where the nesting is too deep: some engines parse more of it than they can write. */
const jsonOf = (value: unknown): string | null => {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
};

/** Servers that know one candidate leave its index out. */
export const isFirst = (candidate: unknown): candidate is JsonObject =>
  isObject(candidate) && (candidate["index"] === undefined || candidate["index"] === 0);

/** Was the prompt itself refused? Then there is no candidate, and what stands here says why. */
export const isBlocked = ({ promptFeedback: feedback }: JsonObject): boolean =>
  isObject(feedback) && textOf(feedback["blockReason"]) !== "";

/** The first candidate of an answer, whole or streamed, as events. Its end waits for the end. */
export class AnswerReader {
  readonly #sink: EventSink;
  #started = false;
  #calls = 0;
  #idSeed = "";
  #reason: FinishReason | "error" | null = null;
  #usage: Usage | null = null;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Null until the answer said why it ended. */
  get reason(): FinishReason | "error" | null {
    return this.#reason;
  }

  /** As `StreamDecoder.promptUsage`. */
  get promptUsage(): Usage | null {
    return promptOf(this.#usage);
  }

  /** As `StreamDecoder.countedTokens`. */
  get countedTokens(): number {
    return this.#usage?.output ?? 0;
  }

  /** One chunk, or the whole answer; false when it is neither, or something in it is wrong. */
  read(chunk: JsonObject): boolean {
    const usage = readUsage(chunk["usageMetadata"]);
    if (usage !== null) this.#usage = usage;
    const { candidates } = chunk;
    if (!Array.isArray(candidates) || candidates.length === 0) return this.#readNone(chunk, usage);
    const first: unknown = candidates.find(isFirst);
    if (!isObject(first)) return true;
    this.#start(chunk);
    const { content, finishReason } = first;
    const parts = isObject(content) ? (content["parts"] ?? []) : [];
    let isRead = Array.isArray(parts);
    for (const part of Array.isArray(parts) ? parts : []) {
      if (!isObject(part) || !this.#part(part)) isRead = false;
    }
    this.#reason = readFinishReason(finishReason) ?? this.#reason;
    return isRead;
  }

  /** Says what is left to say of a complete answer. */
  finish(reason: FinishReason): void {
    if (this.#usage !== null) this.#sink.event({ type: "usage", usage: this.#usage });
    const said = reason === "stop" && this.#calls > 0 ? "tool" : reason;
    this.#sink.event({ type: "finish", reason: said, stopSequence: null });
  }

  #readNone(chunk: JsonObject, usage: Usage | null): boolean {
    if (!isBlocked(chunk)) return usage !== null;
    this.#start(chunk);
    this.#reason = "filter";
    return true;
  }

  #start({ responseId, modelVersion }: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const id = textOf(responseId);
    this.#idSeed = id.replaceAll(/[^A-Za-z0-9]/g, "").slice(-24);
    this.#sink.event({
      type: "start",
      model: textOf(modelVersion),
      upstreamId: id === "" ? null : id,
      createdMs: null,
    });
  }

  #part(part: JsonObject): boolean {
    const { functionCall: call, thought, thoughtSignature } = part;
    const text = textOf(part["text"]);
    const signature = textOf(thoughtSignature);
    const proof = signature === "" ? null : readProof(signature);
    if (thought === true) {
      if (proof !== null || text !== "") this.#sink.event({ type: "reasoning", text, ...proof });
      return true;
    }
    // A call or a text is signed for the thought before it.
    if (proof !== null) this.#sink.event({ type: "reasoning", text: "", ...proof });
    if (isObject(call)) return this.#call(call);
    if (text !== "") this.#sink.event({ type: "text", text });
    return true;
  }

  #call({ id, name, args }: JsonObject): boolean {
    const called = textOf(name);
    if (called === "") return false;
    const index = this.#calls;
    this.#calls += 1;
    const known = textOf(id) || `call_${this.#idSeed}_${index}`;
    const json = isObject(args) ? (jsonOf(args) ?? "{}") : "{}";
    this.#sink.event({ type: "toolStart", index, id: known, name: called });
    this.#sink.event({ type: "toolDelta", index, arguments: json });
    this.#sink.event({ type: "toolEnd", index });
    return true;
  }
}
