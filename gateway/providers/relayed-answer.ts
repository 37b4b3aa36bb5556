import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { BodyCollector } from "./_body-collector.ts";
import { failedWith, malformed } from "./_faults.ts";
import { measure } from "./_measure.ts";
import type { AnswerReader } from "./http-attempt.ts";

/** A whole answer whose client speaks the provider's dialect: one entry, byte for byte. */
export class RelayedAnswer implements AnswerReader {
  readonly #codec: ProviderCodec;
  readonly #input: AttemptInput;
  readonly #sink: AttemptSink;
  readonly #body = new BodyCollector();
  hasContent = false;

  constructor(codec: ProviderCodec, input: AttemptInput, sink: AttemptSink) {
    this.#codec = codec;
    this.#input = input;
    this.#sink = sink;
  }

  /**
   * Until the answer is whole nothing of it is known, and a part of it was of no use to anybody.
   */
  get measured(): MeasuredUsage {
    return measure(this.#input.call, null, 0);
  }

  head(): null {
    return null;
  }

  bytes(bytes: Buffer): AttemptOutcome | null {
    return this.#body.add(bytes) ? null : malformed(this.#body.tooLarge, this.measured);
  }

  end(): AttemptOutcome {
    const bytes = this.#body.take();
    const observed = this.#codec.observeAnswer(bytes);
    if (!observed.ok) return failedWith(observed.fault, this.measured);
    const { usage, finish } = observed.value;
    this.hasContent = true;
    this.#sink.committed();
    const { log } = this.#input;
    const { length } = bytes;
    log.appendBytes(bytes, { start: 0, end: length }, entryKind.content);
    log.appendBytes(bytes, { start: length, end: length }, entryKind.terminal);
    const measured = measure(this.#input.call, usage, Math.ceil(length / 4));
    return { kind: "complete", finish: finish ?? "stop", measured };
  }
}
