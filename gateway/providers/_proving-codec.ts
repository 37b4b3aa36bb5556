import type { EventSink, ProofSink, ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** The parts of a codec that see all of an answer: of one that is translated, and of one passed. */
type Decoding = Pick<ProviderCodec, "streamDecoder" | "decodeAnswer">;
type Observing = Pick<ProviderCodec, "streamObserver" | "observeAnswer">;

/** The same codec, which tells whose reasoning the answers hold that it reads. */
export const provingCodec = (codec: ProviderCodec, proven: ProofSink): ProviderCodec => {
  const observing: Observing = {
    streamObserver: (choices) => codec.streamObserver(choices, proven),
    observeAnswer(bytes, headers) {
      const observed = codec.observeAnswer(bytes, headers);
      if (observed.ok) for (const proof of observed.value.proofs ?? []) proven(proof);
      return observed;
    },
  };
  return { ...codec, ...provingDecoders(codec, proven), ...observing };
};

/** As `provingCodec`, where nothing passes. */
export const provingDecoders = (codec: Decoding, proven: ProofSink): Decoding => ({
  streamDecoder: (sink) => codec.streamDecoder(new ProvingSink(sink, proven)),
  decodeAnswer(bytes) {
    const decoded = codec.decodeAnswer(bytes);
    if (decoded.ok) for (const event of decoded.value) prove(event, proven);
    return decoded;
  },
});

class ProvingSink implements EventSink {
  readonly #sink: EventSink;
  readonly #proven: ProofSink;

  constructor(sink: EventSink, proven: ProofSink) {
    this.#sink = sink;
    this.#proven = proven;
  }

  event(event: CanonicalEvent): void {
    prove(event, this.#proven);
    this.#sink.event(event);
  }
}

function prove(event: CanonicalEvent, proven: ProofSink): void {
  if (event.type !== "reasoning") return;
  const proof = event.redacted ?? event.signature ?? "";
  if (proof !== "") proven(proof);
}
