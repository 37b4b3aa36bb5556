import type { EventSink, StreamDecoder } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { parseSseEvent, type SseEvent } from "../framing/sse-event.ts";
import { DeltaReader } from "./delta-reader.ts";
import { readFinishReason } from "./finish-reason.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

/**
 * The first choice of an answer, whole or streamed, as events. Usage and finish wait for the end.
 */
export class ChoiceDecoder {
  readonly #sink: EventSink;
  readonly #deltas: DeltaReader;
  #started = false;
  #reason: FinishReason | "error" | null = null;
  #usage: Usage | null = null;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#deltas = new DeltaReader(sink);
  }

  get reason(): FinishReason | "error" | null {
    return this.#reason;
  }

  /** One chunk, or the whole answer; false when it is neither, or something in it is wrong. */
  read(chunk: JsonObject): boolean {
    const { choices, usage } = chunk;
    const found = readUsage(usage);
    if (found !== null) this.#usage = found;
    if (!Array.isArray(choices)) return found !== null;
    const first: unknown = choices.find(isFirstChoice);
    if (!isObject(first)) return true;
    this.#start(chunk);
    const delta = first["delta"] ?? first["message"];
    const isRead = !isObject(delta) || this.#deltas.read(delta);
    this.#reason = readFinishReason(first["finish_reason"]) ?? this.#reason;
    return isRead;
  }

  /** Says what is left to say of a complete answer. */
  finish(reason: FinishReason): void {
    this.#deltas.end();
    if (this.#usage !== null) this.#sink.event({ type: "usage", usage: this.#usage });
    const isRefusal = reason === "stop" && this.#deltas.saidRefusal;
    const said = isRefusal ? "refusal" : reason;
    this.#sink.event({ type: "finish", reason: said, stopSequence: null });
  }

  #start({ id, model, created }: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const upstreamId = typeof id === "string" && id !== "" ? id : null;
    if (upstreamId !== null) this.#deltas.seedIds(upstreamId);
    this.#sink.event({
      type: "start",
      model: typeof model === "string" ? model : "",
      upstreamId,
      createdMs: typeof created === "number" && created > 0 ? created * 1000 : null,
    });
  }
}

/** Servers that know one choice leave its index out. */
const isFirstChoice = (choice: unknown): boolean =>
  isObject(choice) && (choice["index"] === undefined || choice["index"] === 0);

/** A provider's stream as events, for readers of another dialect. */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #choice: ChoiceDecoder;
  #skipped = 0;
  #understood = 0;
  #isOver = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#choice = new ChoiceDecoder(sink);
  }

  get skipped(): number {
    return this.#skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return;
    if (event.data.trim() === "[DONE]") return this.end();
    this.#read(event, parse(event.data));
  }

  end(): void {
    if (this.#isOver) return;
    const { reason } = this.#choice;
    if (reason === "error") return this.#fail(silentFault(unknownFault));
    if (reason === null) {
      return this.#fail(silentFault(this.#understood === 0 ? malformedAnswer : cutAnswer));
    }
    this.#isOver = true;
    this.#choice.finish(reason);
  }

  #read(event: SseEvent, json: unknown): void {
    const error = event.event === "error" ? (findError(json) ?? json) : findError(json);
    if (isObject(error) || typeof error === "string") return this.#fail(readErrorObject(error));
    if (isObject(json) && this.#choice.read(json)) this.#understood += 1;
    else this.#skipped += 1;
  }

  #fail({ code, message, retryAfterMs }: ProviderFault): void {
    this.#isOver = true;
    this.#sink.event({ type: "error", code, message, retryAfterMs });
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
