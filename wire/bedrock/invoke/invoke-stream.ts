import { MessageStreamDecoder } from "../../anthropic/decode-stream.ts";
import { MessageStreamObserver } from "../../anthropic/observe-stream.ts";
import {
  observedKind,
  type EventSink,
  type ObservedKind,
  type ProofSink,
  type StreamDecoder,
  type StreamObserver,
} from "../../canonical/codec.ts";
import type { FinishReason } from "../../canonical/event.ts";
import type { ProviderFault } from "../../canonical/provider-fault.ts";
import type { Usage } from "../../canonical/usage.ts";
import { isObject } from "../../field-rules.ts";
import { AwsEventStreamReader } from "../../framing/aws-event-stream-reader.ts";
import { readException, readStreamException } from "../provider-fault.ts";
import { usualHeads } from "../usual-frames/usual-heads.ts";
import { eventOf, readChunk } from "./chunk-payload.ts";
import { metricsMember, readMetrics } from "./invocation-metrics.ts";

/** What a message of such a stream holds. */
type Held =
  | { readonly kind: "event"; readonly frame: Buffer }
  | { readonly kind: "fault"; readonly fault: ProviderFault }
  | { readonly kind: "other" }
  | { readonly kind: "broken" };

const other: Held = { kind: "other" };
const broken: Held = { kind: "broken" };

class ChunkReader {
  readonly #reader = new AwsEventStreamReader(usualHeads);

  read(bytes: Buffer, start: number, end: number): Held {
    const head = this.#reader.read(bytes, start, end);
    if (head === null) return broken;
    const { payloadStart, payloadEnd } = this.#reader;
    const { kind, name, errorMessage: message } = head;
    if (kind === "exception") {
      const payload = bytes.toString("utf8", payloadStart, payloadEnd);
      return { kind: "fault", fault: readStreamException(name, payload) };
    }
    if (kind === "error") {
      const said = { name, message, status: null, retryAfterMs: null };
      return { kind: "fault", fault: readException(said) };
    }
    if (name !== "chunk") return other;
    const frame = readChunk(bytes, payloadStart, payloadEnd);
    return frame === null ? broken : { kind: "event", frame };
  }
}

/** A native stream of Claude's as events. */
export class InvokeStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #chunks = new ChunkReader();
  readonly #message: MessageStreamDecoder;
  #broken = 0;
  #isOver = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#message = new MessageStreamDecoder(sink);
  }

  get promptUsage(): Usage | null {
    return this.#message.promptUsage;
  }

  get skipped(): number {
    return this.#broken + this.#message.skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const held = this.#chunks.read(bytes, start, end);
    if (held.kind === "broken") this.#broken += 1;
    else if (held.kind === "fault") this.#fail(held.fault);
    else if (held.kind === "event") this.#message.frame(held.frame, 0, held.frame.length);
  }

  end(): void {
    if (!this.#isOver) this.#message.end();
  }

  #fail({ code, message, retryAfterMs }: ProviderFault): void {
    this.#isOver = true;
    this.#sink.event({ type: "error", code, message, retryAfterMs });
  }
}

const metricsMark = Buffer.from(metricsMember);
const claudeStart = Buffer.from('"message_start"');

/** Says of each message of a passed native stream what it is, whatever the model's family. */
export class InvokeStreamObserver implements StreamObserver {
  readonly #chunks = new ChunkReader();
  readonly #claude: MessageStreamObserver;
  #isClaude: boolean | null = null;
  #metrics: Usage | null = null;
  #outputBytes = 0;
  #isOver = false;
  #fault: ProviderFault | null = null;

  constructor(proven?: ProofSink) {
    this.#claude = new MessageStreamObserver(proven);
  }

  get usage(): Usage | null {
    return this.#claude.usage ?? this.#metrics;
  }

  get promptUsage(): Usage | null {
    return this.#claude.promptUsage;
  }

  get finish(): FinishReason | null {
    if (this.#isClaude === true) return this.#claude.finish;
    return this.#isOver ? "stop" : null;
  }

  get outputBytes(): number {
    return this.#outputBytes + this.#claude.outputBytes;
  }

  get fault(): ProviderFault | null {
    return this.#fault ?? this.#claude.fault;
  }

  observe(bytes: Buffer, start: number, end: number): ObservedKind {
    const held = this.#chunks.read(bytes, start, end);
    switch (held.kind) {
      case "broken":
        return observedKind.malformed;
      case "other":
        return observedKind.other;
      case "fault":
        this.#fault = held.fault;
        return observedKind.error;
      case "event":
        return this.#event(held.frame);
    }
  }

  #event(frame: Buffer): ObservedKind {
    this.#isClaude ??= frame.includes(claudeStart);
    if (this.#isClaude) {
      const kind = this.#claude.observe(frame, 0, frame.length);
      if (kind === observedKind.terminal) this.#count(frame);
      return kind;
    }
    this.#outputBytes += frame.length;
    if (frame.includes(metricsMark)) this.#count(frame);
    return this.#isOver ? observedKind.terminal : observedKind.content;
  }

  /** The last event has them. */
  #count(frame: Buffer): void {
    const json = parse(eventOf(frame));
    const metrics = isObject(json) ? json[metricsMember] : undefined;
    // The model may have said the word.
    if (metrics === undefined) return;
    this.#metrics = readMetrics(metrics);
    this.#isOver = true;
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
