import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { BodyCollector } from "./_body-collector.ts";
import { cutOff, failedEvent, failedWith, malformed } from "./_faults.ts";
import { measure } from "./_measure.ts";
import type { AnswerReader } from "./http-attempt.ts";

/** A whole answer whose client speaks another dialect: the events it consists of. */
export class DecodedAnswer implements AnswerReader {
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
    const decoded = this.#codec.decodeAnswer(bytes);
    if (!decoded.ok) return failedWith(decoded.fault, this.measured);
    const last = decoded.value.at(-1);
    if (last?.type === "error") return failedEvent(last, this.measured);
    if (last?.type !== "finish") return cutOff(this.measured);
    this.hasContent = true;
    this.#sink.committed();
    let usage: Usage | null = null;
    let contentEvents = 0;
    for (const event of decoded.value) {
      if (event.type === "usage") usage = event.usage;
      const kind = entryKindOf(event);
      if (kind === entryKind.content) contentEvents += 1;
      this.#input.log.appendEvent(event, kind);
    }
    const measured = measure(this.#input.call, usage, contentEvents);
    return { kind: "complete", finish: last.reason, measured };
  }
}
