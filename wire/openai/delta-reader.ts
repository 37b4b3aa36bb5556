import type { EventSink } from "../canonical/codec.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

interface OpenCall {
  readonly index: number;
  id: string | null;
  /** Empty until a delta names it. */
  name: string;
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  // Some servers send content as parts.
  return value
    .map((part) => (isObject(part) && typeof part["text"] === "string" ? part["text"] : ""))
    .join("");
};

/** Null where the nesting is too deep: some engines parse more of it than they can write. */
const jsonOf = (value: unknown): string | null => {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
};

const argumentsOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return isObject(value) ? (jsonOf(value) ?? "") : "";
};

/** Reads the deltas of a stream's choice, or the message of a whole one, which is one big delta. */
export class DeltaReader {
  readonly #sink: EventSink;
  readonly #calls: OpenCall[] = [];
  /** By the index that the server gives them. */
  readonly #current = new Map<number, OpenCall>();
  #idSeed = "";
  #saidRefusal = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  get saidRefusal(): boolean {
    return this.#saidRefusal;
  }

  /** From now on calls that the server gave no id get one made of this. */
  seedIds(upstreamId: string): void {
    this.#idSeed = upstreamId.replaceAll(/[^A-Za-z0-9]/g, "").slice(-24);
  }

  /** False when part of it could not be understood. */
  read(delta: JsonObject): boolean {
    const reasoning = textOf(delta["reasoning_content"] ?? delta["reasoning"]);
    if (reasoning !== "") this.#sink.event({ type: "reasoning", text: reasoning });
    const text = textOf(delta["content"]);
    if (text !== "") this.#sink.event({ type: "text", text });
    const refusal = textOf(delta["refusal"]);
    if (refusal !== "") {
      this.#saidRefusal = true;
      this.#sink.event({ type: "refusal", text: refusal });
    }
    const { annotations, tool_calls: calls } = delta;
    if (Array.isArray(annotations)) this.#cite(annotations);
    return !Array.isArray(calls) || this.#readCalls(calls);
  }

  /** The answer is complete: closes the calls. */
  end(): void {
    for (const call of this.#calls) {
      if (call.name !== "") this.#sink.event({ type: "toolEnd", index: call.index });
    }
  }

  #cite(annotations: readonly unknown[]): void {
    for (const citation of annotations) {
      if (jsonOf(citation) !== null) this.#sink.event({ type: "citation", citation });
    }
  }

  #readCalls(calls: readonly unknown[]): boolean {
    let isWhole = true;
    for (const [position, call] of calls.entries()) {
      if (!isObject(call) || !this.#readCall(call, position)) isWhole = false;
    }
    return isWhole;
  }

  #readCall(delta: JsonObject, position: number): boolean {
    const called = isObject(delta["function"]) ? delta["function"] : {};
    const call = this.#callOf(delta, position);
    const { name } = called;
    if (call.name === "" && typeof name === "string" && name !== "") {
      call.name = name;
      const id = call.id ?? `call_${this.#idSeed}_${call.index}`;
      this.#sink.event({ type: "toolStart", index: call.index, id, name });
    }
    const text = argumentsOf(called["arguments"]);
    if (text === "") return true;
    if (call.name === "") return false;
    this.#sink.event({ type: "toolDelta", index: call.index, arguments: text });
    return true;
  }

  /** Some servers give every call the index 0, or none: a new id is a new call. */
  #callOf(delta: JsonObject, position: number): OpenCall {
    const index = typeof delta["index"] === "number" ? delta["index"] : position;
    const id = typeof delta["id"] === "string" && delta["id"] !== "" ? delta["id"] : null;
    const known = this.#current.get(index);
    if (known !== undefined && (id === null || known.id === null || known.id === id)) {
      known.id ??= id;
      return known;
    }
    const call: OpenCall = { index: this.#calls.length, id, name: "" };
    this.#calls.push(call);
    this.#current.set(index, call);
    return call;
  }
}
