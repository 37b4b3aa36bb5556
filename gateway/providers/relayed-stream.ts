import {
  observedKind,
  type ProviderCodec,
  type StreamObserver,
} from "@sekisho/wire/canonical/codec.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import { sameBytes } from "@sekisho/wire/framing/same-bytes.ts";
import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";
import type { Framer, FrameSink } from "@sekisho/wire/frame.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { contentTypeOf } from "./_content-type.ts";
import { cutOff, failedWith, malformed } from "./_faults.ts";
import { measure, measureCut, nothingMeasured } from "./_measure.ts";
import { OutputMeter } from "./_output-meter.ts";
import type { AnswerReader } from "./http-attempt.ts";

const dataField = Buffer.from("data:");

/** Start frames wait for the first content, so that fail-over stays possible (RTE-6). */
const heldBytesLimit = 64 * 1024;

/** A frame that waits. */
interface HeldFrame {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

/**
 * A stream whose client speaks the provider's dialect: frames go into the log as they are and are
 * only looked at (STR-1).
 */
export class RelayedStream implements AnswerReader, FrameSink {
  readonly #input: AttemptInput;
  readonly #sink: AttemptSink;
  readonly #framer: Framer;
  readonly #observer: StreamObserver;
  readonly #meter: OutputMeter;
  #held: HeldFrame[] = [];
  #heldBytes = 0;
  #committed = false;
  readonly #codec: ProviderCodec;
  #outcome: AttemptOutcome | null = null;
  #isEnding = false;
  contentCount = 0;

  constructor(codec: ProviderCodec, input: AttemptInput, sink: AttemptSink) {
    this.#input = input;
    this.#sink = sink;
    this.#codec = codec;
    this.#framer = codec.framer();
    this.#observer = codec.streamObserver(input.call.request.read.facts.choices);
    this.#meter = new OutputMeter(input.planned.boundOutputTokens);
  }

  get measured(): MeasuredUsage {
    return this.contentCount === 0 ? nothingMeasured : this.measuredIfEnded;
  }

  get measuredIfEnded(): MeasuredUsage {
    return measure(this.#input, this.#observer);
  }

  head(headers: UpstreamHeaders): AttemptOutcome | null {
    return contentTypeOf(headers).startsWith(this.#codec.streamContentType)
      ? null
      : malformed("it is no event stream", this.measured);
  }

  bytes(bytes: Buffer): AttemptOutcome | null {
    if (!this.#framer.push(bytes, this) && this.#outcome === null) {
      this.#outcome = malformed("an event is too large, or its checksum wrong", this.measured);
    }
    return this.#outcome;
  }

  end(): AttemptOutcome {
    this.#isEnding = true;
    this.#framer.end(this);
    if (this.#outcome !== null) return this.#outcome;
    if (!this.#committed && this.#held.length === 0) {
      return malformed("it has no event", this.measured);
    }
    const { finish } = this.#observer;
    const { streamEnd } = this.#codec;
    if (finish === null || this.contentCount === 0 || streamEnd === null) {
      return cutOff(this.measured);
    }
    // Some servers close after the reason, and the client waits for the event behind it.
    const bytes = Buffer.from(streamEnd);
    this.#append(bytes, { start: 0, end: bytes.length }, entryKind.terminal);
    return { kind: "complete", finish, measured: this.measuredIfEnded };
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#outcome !== null) return;
    const kind = this.#observer.observe(bytes, start, end);
    switch (kind) {
      case observedKind.content:
        if (this.#isOver() && this.#cut({ bytes, start, end })) return;
        if (this.contentCount === 0) this.#commit();
        this.contentCount += 1;
        this.#append(bytes, { start, end }, kind);
        return;
      case observedKind.terminal:
        return this.#terminal(bytes, { start, end });
      case observedKind.error:
        this.#outcome = failedWith(this.#observer.fault, this.measured);
        return;
      case observedKind.malformed:
        this.#outcome = malformed("an event is broken", this.measured);
        return;
      case observedKind.start:
      case observedKind.usage:
      case observedKind.other:
        // Half a line that the end has cut off is no event, and is not passed on as one.
        if (this.#isEnding && !sameBytes(bytes, start, dataField)) return;
        if (this.#committed) this.#append(bytes, { start, end }, kind);
        else this.#hold({ bytes, start, end, kind });
    }
  }

  #isOver(): boolean {
    return this.#meter.isOver(this.#observer.outputBytes, this.#observer.countedTokens);
  }

  /** Ends an answer that is longer than it may be; false where its dialect has no words for it. */
  #cut(frame: { readonly bytes: Buffer; readonly start: number; readonly end: number }): boolean {
    const { call, planned } = this.#input;
    const { choices } = call.request.read.facts;
    const outputTokens = planned.boundOutputTokens;
    const bytes = this.#codec.cutStream({ ...frame, choices, outputTokens });
    if (bytes === null) return false;
    if (!this.#committed) this.#commit();
    this.#append(bytes, { start: 0, end: bytes.length }, entryKind.terminal);
    const measured = measureCut(this.#input, this.#observer);
    this.#outcome = { kind: "complete", finish: "budget", measured };
    return true;
  }

  #terminal(bytes: Buffer, range: { readonly start: number; readonly end: number }): void {
    const { finish } = this.#observer;
    if (finish === null && this.contentCount === 0) {
      this.#outcome = malformed("it ended without content", this.measured);
      return;
    }
    if (!this.#committed) this.#commit();
    this.#append(bytes, range, entryKind.terminal);
    this.#outcome = { kind: "complete", finish: finish ?? "stop", measured: this.measuredIfEnded };
  }

  #commit(): void {
    this.#committed = true;
    this.#sink.committed();
    for (const held of this.#held) this.#append(held.bytes, held, held.kind);
    this.#held = [];
  }

  #hold(frame: HeldFrame): void {
    this.#held.push(frame);
    this.#heldBytes += frame.end - frame.start;
    if (this.#heldBytes > heldBytesLimit) {
      this.#outcome = malformed(`no content within ${heldBytesLimit} bytes`, this.measured);
    }
  }

  #append(
    bytes: Buffer,
    range: { readonly start: number; readonly end: number },
    kind: number,
  ): void {
    this.#input.log.appendBytes(bytes, range, kind);
  }
}
