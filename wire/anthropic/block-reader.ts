import type { EventSink } from "../canonical/codec.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

interface OpenCall {
  readonly index: number;
  /** Arguments that came with the block itself. */
  readonly input: unknown;
  hasArguments: boolean;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Null where the nesting is too deep: some engines parse more of it than they can write. */
const jsonOf = (value: unknown): string | null => {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
};

/**
 * Reads the content blocks of an answer, streamed or whole: a whole block is one that starts with
 * all it has. Blocks of tools that the provider runs are passed over.
 */
export class BlockReader {
  readonly #sink: EventSink;
  /** Calls that have not ended, by the index of their block. */
  readonly #open = new Map<unknown, OpenCall>();
  #calls = 0;
  /** Some come ahead of the words that they are for. */
  #citations: JsonObject[] = [];

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  start(index: unknown, block: JsonObject): boolean {
    this.#sayCitations();
    switch (block["type"]) {
      case "text":
        this.#text(block["text"]);
        this.#cite(block["citations"]);
        return true;
      case "thinking":
        this.#reason(textOf(block["thinking"]), textOf(block["signature"]));
        return true;
      case "redacted_thinking":
        return this.#redacted(textOf(block["data"]));
      case "tool_use":
        return this.#call(index, block);
      default:
        return typeof block["type"] === "string";
    }
  }

  delta(index: unknown, delta: JsonObject): boolean {
    switch (delta["type"]) {
      case "text_delta":
        this.#text(delta["text"]);
        return true;
      case "thinking_delta":
        this.#reason(textOf(delta["thinking"]), "");
        return true;
      case "signature_delta":
        this.#reason("", textOf(delta["signature"]));
        return true;
      case "citations_delta":
        this.#cite([delta["citation"]]);
        return true;
      case "input_json_delta":
        return this.#arguments(index, textOf(delta["partial_json"]));
      default:
        return typeof delta["type"] === "string";
    }
  }

  stop(index: unknown): void {
    this.#sayCitations();
    const call = this.#open.get(index);
    if (call !== undefined) this.#end(index, call);
  }

  /** The answer is complete: closes what was left open. */
  end(): void {
    this.#sayCitations();
    for (const [index, call] of this.#open) this.#end(index, call);
  }

  #text(value: unknown): void {
    const text = textOf(value);
    if (text !== "") this.#sink.event({ type: "text", text });
  }

  #reason(text: string, signature: string): void {
    if (signature !== "") this.#sink.event({ type: "reasoning", text, signature });
    else if (text !== "") this.#sink.event({ type: "reasoning", text });
  }

  #redacted(data: string): boolean {
    if (data !== "") this.#sink.event({ type: "reasoning", text: "", redacted: data });
    return data !== "";
  }

  #cite(citations: unknown): void {
    if (!Array.isArray(citations)) return;
    for (const citation of citations) {
      if (isObject(citation) && jsonOf(citation) !== null) this.#citations.push(citation);
    }
  }

  #sayCitations(): void {
    for (const citation of this.#citations) this.#sink.event({ type: "citation", citation });
    this.#citations = [];
  }

  #call(index: unknown, block: JsonObject): boolean {
    const { id, name, input } = block;
    if (typeof id !== "string" || typeof name !== "string" || id === "" || name === "") {
      return false;
    }
    this.stop(index);
    const call: OpenCall = { index: this.#calls, input, hasArguments: false };
    this.#calls += 1;
    this.#open.set(index, call);
    this.#sink.event({ type: "toolStart", index: call.index, id, name });
    return true;
  }

  #arguments(index: unknown, text: string): boolean {
    const call = this.#open.get(index);
    // Tools that the provider runs have arguments too: nobody's here.
    if (call === undefined || text === "") return true;
    call.hasArguments = true;
    this.#sink.event({ type: "toolDelta", index: call.index, arguments: text });
    return true;
  }

  /** A call without deltas has the arguments that its block began with: usually none. */
  #end(index: unknown, call: OpenCall): void {
    this.#open.delete(index);
    if (!call.hasArguments) {
      const text = isObject(call.input) ? (jsonOf(call.input) ?? "{}") : "{}";
      this.#sink.event({ type: "toolDelta", index: call.index, arguments: text });
    }
    this.#sink.event({ type: "toolEnd", index: call.index });
  }
}
