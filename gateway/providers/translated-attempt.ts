import type { Upstream, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { RunningAttempt } from "../provider.ts";
import { provingDecoders } from "./_proving-codec.ts";
import { measureBrokenOff } from "./_measure.ts";
import { decodedAnswer } from "./decoded-answer.ts";
import { DecodedStream, type StreamReading } from "./decoded-stream.ts";
import type { AttemptEnds, DialectPorts } from "./dialect-attempt.ts";
import { HttpAttempt, type RefusalReader } from "./http-attempt.ts";
import { translate, type RequestWriter, type Written } from "./request-body.ts";
import { TargetReasoning } from "./target-reasoning.ts";
import { answerBytesLimit, WholeAnswer } from "./whole-answer.ts";

/** How a target is asked that no client speaks the words of. */
export interface TranslatedCall<Words extends Written> {
  readonly codec: StreamReading & Pick<ProviderCodec, "decodeAnswer"> & RequestWriter<Words>;
  /** What this one call is made by. What it is found to leave out goes on `dropped`, in time. */
  readonly upstream: (words: Words, dropped: string[]) => Upstream;
  /** For those who read of it which call it is. */
  readonly request: UpstreamRequest;
  readonly readRefusal: RefusalReader;
}

/**
 * Makes one attempt at such a target, within the stages and limits of every other. Throws Failure
 * `unsupported_by_target` when the target cannot carry the request; nothing was asked then.
 */
export function startTranslated<Words extends Written>(
  ports: Omit<DialectPorts, "upstream">,
  { input, sink }: AttemptEnds,
  { codec, upstream, request, readRefusal }: TranslatedCall<Words>,
): RunningAttempt {
  const { stream } = input.call.request.read.facts;
  const reasoning = new TargetReasoning(ports.origins, input.planned);
  const words = translate(input, codec, reasoning);
  const dropped = [...words.dropped];
  const decoders = reasoning.signs
    ? provingDecoders(codec, (proof) => reasoning.seen(proof))
    : codec;
  const reading = { ...codec, ...decoders };
  const { clock, wheel } = ports;
  return new HttpAttempt({ clock, wheel, upstream: upstream(words, dropped) }, input, sink, {
    request,
    reader: stream
      ? new DecodedStream(reading, input, sink)
      : new WholeAnswer(decodedAnswer(reading), {
          input,
          sink,
          limitBytes: answerBytesLimit,
          brokenOff: (bytes) => measureBrokenOff(input, bytes),
        }),
    readRefusal,
    stream,
    dropped,
  }).start();
}
