import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";
import type { EventSink, ProviderCodec, StreamDecoder } from "@sekisho/wire/canonical/codec.ts";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Framer } from "@sekisho/wire/frame.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { contentTypeOf } from "./_content-type.ts";
import { cutOff, failedEvent, malformed } from "./_faults.ts";
import { measure, measureCut, nothingMeasured, type Told } from "./_measure.ts";
import { OutputMeter } from "./_output-meter.ts";
import { saidBytes } from "./_said-bytes.ts";
import type { AnswerReader } from "./http-attempt.ts";

/** Events before the first content wait for it, so that fail-over stays possible (RTE-6). */
const heldEventsLimit = 64;

/** What of a codec reads a stream that is translated. */
export type StreamReading = Pick<ProviderCodec, "streamContentType" | "framer" | "streamDecoder">;

/** A stream whose client speaks another dialect: frames become events of the log. */
export class DecodedStream implements AnswerReader, EventSink {
  readonly #input: AttemptInput;
  readonly #sink: AttemptSink;
  readonly #codec: StreamReading;
  readonly #framer: Framer;
  readonly #decoder: StreamDecoder;
  readonly #meter: OutputMeter;
  #held: CanonicalEvent[] = [];
  #usage: Usage | null = null;
  #outputBytes = 0;
  #committed = false;
  #outcome: AttemptOutcome | null = null;
  contentCount = 0;

  constructor(codec: StreamReading, input: AttemptInput, sink: AttemptSink) {
    this.#input = input;
    this.#sink = sink;
    this.#codec = codec;
    this.#framer = codec.framer();
    this.#decoder = codec.streamDecoder(this);
    this.#meter = new OutputMeter(input.planned.boundOutputTokens);
  }

  get measured(): MeasuredUsage {
    return this.contentCount === 0 ? nothingMeasured : this.measuredIfEnded;
  }

  get measuredIfEnded(): MeasuredUsage {
    return measure(this.#input, this.#told);
  }

  get #told(): Told {
    return {
      usage: this.#usage,
      promptUsage: this.#decoder.promptUsage ?? null,
      outputBytes: this.#outputBytes,
    };
  }

  head(headers: UpstreamHeaders): AttemptOutcome | null {
    return contentTypeOf(headers).startsWith(this.#codec.streamContentType)
      ? null
      : malformed("it is no event stream", this.measured);
  }

  bytes(bytes: Buffer): AttemptOutcome | null {
    if (!this.#framer.push(bytes, this.#decoder) && this.#outcome === null) {
      this.#outcome = malformed("an event is too large, or its checksum wrong", this.measured);
    }
    return this.#outcome;
  }

  end(): AttemptOutcome {
    this.#framer.end(this.#decoder);
    if (this.#outcome === null) this.#decoder.end();
    return this.#outcome ?? cutOff(this.measured);
  }

  event(event: CanonicalEvent): void {
    if (this.#outcome !== null) return;
    if (event.type === "error") {
      this.#outcome = failedEvent(event, this.measured);
      return;
    }
    if (event.type === "usage") this.#usage = event.usage;
    const kind = entryKindOf(event);
    if (kind === entryKind.content) {
      this.#outputBytes += saidBytes(event);
      if (this.#meter.isOver(this.#outputBytes, this.#decoder.countedTokens)) return this.#cut();
      this.contentCount += 1;
    }
    if (kind === entryKind.content || kind === entryKind.terminal) this.#commit();
    if (this.#committed) this.#input.log.appendEvent(event, kind);
    else this.#hold(event);
    if (event.type === "finish") {
      this.#outcome = { kind: "complete", finish: event.reason, measured: this.measuredIfEnded };
    }
  }

  /** Ends an answer that is longer than it may be (MON-7). */
  #cut(): void {
    this.#commit();
    const finish: CanonicalEvent = { type: "finish", reason: "budget", stopSequence: null };
    this.#input.log.appendEvent(finish, entryKind.terminal);
    const measured = measureCut(this.#input, this.#told);
    this.#outcome = { kind: "complete", finish: "budget", measured };
  }

  #hold(event: CanonicalEvent): void {
    if (event.type === "ping") return;
    this.#held.push(event);
    if (this.#held.length <= heldEventsLimit) return;
    this.#outcome = malformed(`no content within ${heldEventsLimit} events`, this.measured);
  }

  #commit(): void {
    if (this.#committed) return;
    this.#committed = true;
    this.#sink.committed();
    for (const event of this.#held) this.#input.log.appendEvent(event, entryKindOf(event));
    this.#held = [];
  }
}
