import type { UpstreamHeaders, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { BodyChanges } from "@sekisho/wire/canonical/body-changes.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { retryAfterMs } from "@sekisho/wire/framing/retry-after.ts";
import type { AttemptFailure } from "../attempt.ts";
import type { ReasoningOrigins } from "../reasoning.ts";
import type { AttemptInput, AttemptSink, RunningAttempt } from "../provider.ts";
import { provingCodec } from "./_proving-codec.ts";
import { TargetReasoning } from "./target-reasoning.ts";
import { measureBrokenOff } from "./_measure.ts";
import { decodedAnswer } from "./decoded-answer.ts";
import { DecodedStream } from "./decoded-stream.ts";
import { HttpAttempt, type AnswerReader, type HttpAttemptPorts } from "./http-attempt.ts";
import { relayedAnswer } from "./relayed-answer.ts";
import { RelayedStream } from "./relayed-stream.ts";
import { changesOf, translate, type TargetBody } from "./request-body.ts";
import { answerBytesLimit, WholeAnswer } from "./whole-answer.ts";

/** What an attempt in the words of a dialect needs of its process. */
export interface DialectPorts extends HttpAttemptPorts {
  readonly origins: ReasoningOrigins;
}

/** What an attempt is in the words of its target. */
export interface DialectCall {
  readonly codec: ProviderCodec;
  /**
   * The client's own bytes with these changes, where it speaks the target's words; else null: the
   * request is translated and so is the answer.
   */
  readonly rewrite: ((changes: BodyChanges) => Buffer) | null;
  readonly request: (body: Buffer) => UpstreamRequest;
}

export interface AttemptEnds {
  readonly input: AttemptInput;
  readonly sink: AttemptSink;
}

/**
 * Sends one attempt over HTTP. Throws Failure `unsupported_by_target` when the target cannot carry
 * the request; nothing was sent then.
 */
export function startAttempt(
  ports: DialectPorts,
  { input, sink }: AttemptEnds,
  { codec: spoken, rewrite: own, request }: DialectCall,
): RunningAttempt {
  const rewrite = input.isRewritten === true ? null : own;
  const { stream } = input.call.request.read.facts;
  const reasoning = new TargetReasoning(ports.origins, input.planned);
  const codec = reasoning.signs ? provingCodec(spoken, (proof) => reasoning.seen(proof)) : spoken;
  const body =
    rewrite === null
      ? translate(input, codec, reasoning)
      : rewritten(rewrite, changesOf(input, reasoning), reasoning);
  return new HttpAttempt(ports, input, sink, {
    request: request(body.bytes),
    reader: answerReader({ input, sink }, codec, rewrite !== null && input.asEvents !== true),
    readRefusal: (status, headers, answer) =>
      readRefusal(codec, { status, headers, body: answer }, ports.clock.wallMs()),
    stream,
    dropped: body.dropped,
  }).start();
}

function rewritten(
  rewrite: (changes: BodyChanges) => Buffer,
  changes: BodyChanges,
  reasoning: TargetReasoning,
): TargetBody {
  const bytes = rewrite(changes);
  return { bytes, dropped: reasoning.dropped };
}

/** A client that speaks the provider's words gets its bytes, any other its events. */
function answerReader(
  { input, sink }: AttemptEnds,
  codec: ProviderCodec,
  passes: boolean,
): AnswerReader {
  if (input.call.request.read.facts.stream) {
    return passes ? new RelayedStream(codec, input, sink) : new DecodedStream(codec, input, sink);
  }
  const read = passes ? relayedAnswer(codec) : decodedAnswer(codec);
  return new WholeAnswer(read, {
    input,
    sink,
    limitBytes: answerBytesLimit,
    brokenOff: (bytes) => measureBrokenOff(input, bytes),
  });
}

export interface RefusedAnswer {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly body: Buffer;
}

/** What the provider's answer that is not a 2xx comes to. */
export const readRefusal = (
  codec: Pick<ProviderCodec, "readFault">,
  answer: RefusedAnswer,
  wallMs: number,
): AttemptFailure => ({
  ...codec.readFault({ ...answer, retryAfterMs: retryAfterMs(answer.headers, wallMs) }),
  reach: "reached",
  status: answer.status,
});
