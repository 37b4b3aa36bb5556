import type { EventSink } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { readCitation } from "./citation.ts";

interface OpenCall {
  readonly index: number;
  hasArguments: boolean;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Blocks of an answer as events, whether they came whole or in deltas. Usage and finish are said
 * last, by whoever knows that the answer is complete.
 */
export class BlockDecoder {
  readonly #sink: EventSink;
  /** By the index of their block. */
  readonly #calls = new Map<number, OpenCall>();
  #callCount = 0;
  #started = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Said once, before everything else: a Converse answer names neither itself nor its model. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#sink.event({ type: "start", model: "", upstreamId: null, createdMs: null });
  }

  /** False when part of it could not be understood. */
  blockStart(index: number, start: JsonObject): boolean {
    this.start();
    const { toolUse } = start;
    if (toolUse === undefined) return Object.keys(start).length === 0;
    if (!isObject(toolUse) || this.#calls.has(index)) return false;
    const { toolUseId: id, name } = toolUse;
    if (typeof id !== "string" || typeof name !== "string") return false;
    const call: OpenCall = { index: this.#callCount, hasArguments: false };
    this.#callCount += 1;
    this.#calls.set(index, call);
    this.#sink.event({ type: "toolStart", index: call.index, id, name });
    return true;
  }

  /** As `blockStart`. */
  delta(index: number, delta: JsonObject): boolean {
    this.start();
    const { text, toolUse, reasoningContent, citation } = delta;
    if (typeof text === "string") {
      if (text !== "") this.#sink.event({ type: "text", text });
      return true;
    }
    if (isObject(toolUse)) return this.#arguments(index, textOf(toolUse["input"]));
    if (isObject(reasoningContent)) return this.#reasoning(reasoningContent);
    const cited = isObject(citation) ? readCitation(citation) : null;
    if (cited !== null) this.#sink.event({ type: "citation", citation: cited });
    return isObject(citation);
  }

  blockStop(index: number): void {
    const call = this.#calls.get(index);
    if (call === undefined) return;
    this.#calls.delete(index);
    // A call without arguments has no delta: what takes JSON could not read nothing.
    if (!call.hasArguments) {
      this.#sink.event({ type: "toolDelta", index: call.index, arguments: "{}" });
    }
    this.#sink.event({ type: "toolEnd", index: call.index });
  }

  finish(usage: Usage | null, reason: FinishReason, stopSequence: string | null): void {
    this.start();
    for (const index of this.#calls.keys()) this.blockStop(index);
    if (usage !== null) this.#sink.event({ type: "usage", usage });
    this.#sink.event({ type: "finish", reason, stopSequence });
  }

  #arguments(index: number, text: string): boolean {
    const call = this.#calls.get(index);
    if (call === undefined) return false;
    if (text === "") return true;
    call.hasArguments = true;
    this.#sink.event({ type: "toolDelta", index: call.index, arguments: text });
    return true;
  }

  #reasoning({ text, signature, redactedContent }: JsonObject): boolean {
    if (typeof redactedContent === "string") {
      this.#sink.event({ type: "reasoning", text: "", redacted: redactedContent });
      return true;
    }
    const said = textOf(text);
    if (typeof signature === "string" && signature !== "") {
      this.#sink.event({ type: "reasoning", text: said, signature });
      return true;
    }
    if (said !== "") this.#sink.event({ type: "reasoning", text: said });
    return typeof text === "string" || signature === "";
  }
}
