import type { EventSink, StreamDecoder } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { AwsEventStreamReader } from "../framing/aws-event-stream-reader.ts";
import { BlockDecoder } from "./decode-blocks.ts";
import { readException, readStreamException, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readStopReason } from "./stop-reason.ts";
import { readUsage } from "./usage.ts";
import { DeltaText } from "./usual-frames/delta-text.ts";
import { usualHeads } from "./usual-frames/usual-heads.ts";

/** Events of a Converse stream that are read here. */
export const eventNames: ReadonlySet<string> = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
]);

/** The sequence that ended an answer, where the request asked to be told. */
export const stopSequenceOf = (fields: unknown): string | null => {
  const sequence = isObject(fields) ? fields["stop_sequence"] : null;
  return typeof sequence === "string" ? sequence : null;
};

/** A provider's Converse stream as events, for readers of another dialect. */
export class ConverseStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #blocks: BlockDecoder;
  readonly #reader = new AwsEventStreamReader(usualHeads);
  readonly #deltas = new DeltaText();
  #skipped = 0;
  #understood = 0;
  #reason: FinishReason | "error" | null = null;
  #stopSequence: string | null = null;
  #usage: Usage | null = null;
  #isOver = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#blocks = new BlockDecoder(sink);
  }

  get skipped(): number {
    return this.#skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const delta = this.#deltas.read(bytes, start, end);
    if (delta !== null) return this.#count(this.#blocks.delta(this.#deltas.index, delta));
    const head = this.#reader.read(bytes, start, end);
    const { payloadStart, payloadEnd } = this.#reader;
    const payload = bytes.toString("utf8", payloadStart, payloadEnd);
    switch (head?.kind) {
      case "event":
        // Events of other names are for others.
        if (eventNames.has(head.name)) this.#count(this.#event(head.name, parse(payload)));
        return;
      case "exception":
        return this.#fail(readStreamException(head.name, payload));
      case "error": {
        const { name, errorMessage: message } = head;
        return this.#fail(readException({ name, message, status: null, retryAfterMs: null }));
      }
      case undefined:
        this.#skipped += 1;
    }
  }

  end(): void {
    if (this.#isOver) return;
    if (this.#reason !== null) return this.#finish(this.#reason);
    this.#fail(silentFault(this.#understood === 0 ? malformedAnswer : cutAnswer));
  }

  #count(isUnderstood: boolean): void {
    if (isUnderstood) this.#understood += 1;
    else this.#skipped += 1;
  }

  #delta(index: number, delta: JsonObject): boolean {
    this.#deltas.learn(index, delta);
    return this.#blocks.delta(index, delta);
  }

  /** False when it could not be understood. */
  #event(name: string, json: unknown): boolean {
    if (!isObject(json)) return false;
    const { contentBlockIndex: index } = json;
    switch (name) {
      case "messageStart":
        this.#blocks.start();
        return true;
      case "contentBlockStart":
        return isIndex(index) && this.#blocks.blockStart(index, objectOf(json["start"]));
      case "contentBlockDelta":
        return isIndex(index) && this.#delta(index, objectOf(json["delta"]));
      case "contentBlockStop":
        if (isIndex(index)) this.#blocks.blockStop(index);
        return isIndex(index);
      case "messageStop":
        this.#reason = readStopReason(json["stopReason"]);
        this.#stopSequence = stopSequenceOf(json["additionalModelResponseFields"]);
        return this.#reason !== null;
      case "metadata":
        this.#usage = readUsage(json["usage"]) ?? this.#usage;
        // It may come more than once, with nothing but times in it.
        if (this.#usage !== null && this.#reason !== null) this.#finish(this.#reason);
        return true;
      default:
        return false;
    }
  }

  #finish(reason: FinishReason | "error"): void {
    if (reason === "error") {
      if (this.#usage !== null) this.#sink.event({ type: "usage", usage: this.#usage });
      return this.#fail(silentFault(unknownFault));
    }
    this.#isOver = true;
    this.#blocks.finish(this.#usage, reason, this.#stopSequence);
  }

  #fail({ code, message, retryAfterMs }: ProviderFault): void {
    this.#isOver = true;
    this.#sink.event({ type: "error", code, message, retryAfterMs });
  }
}

const isIndex = (value: unknown): value is number => typeof value === "number";

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
