import type { UpstreamHeaders, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { observeNativeVectors } from "@sekisho/wire/bedrock/embedding-codec.ts";
import { metricHeaders } from "@sekisho/wire/bedrock/invoke/invocation-metrics.ts";
import type { EmbeddedInputs, EmbeddingCodec } from "@sekisho/wire/canonical/embedding-codec.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import type { EmbeddingInput } from "@sekisho/wire/canonical/embedding.ts";
import type { FromProvider } from "@sekisho/wire/canonical/provider-fault.ts";
import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import { writeVectorBase64 } from "@sekisho/wire/canonical/vector.ts";
import { malformedAnswer } from "@sekisho/wire/openai/retryable.data.ts";
import { silentFault } from "@sekisho/wire/openai/provider-fault.ts";
import { jsonOf } from "@sekisho/wire/framing/json-of.ts";
import {
  observeEmbeddings,
  decodeEmbeddings,
} from "@sekisho/wire/openai/embedding/embedding-answer.ts";
import { embeddingBytes, mostAnswerBytes } from "../embedding-bytes.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { AttemptSink, EmbedInput, EmbeddedPart, RunningAttempt } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { failedWith } from "./_faults.ts";
import { nothingMeasured } from "./_measure.ts";
import { readRefusal } from "./dialect-attempt.ts";
import { pairsOf } from "./relayed-answer.ts";
import { HttpAttempt, type HttpAttemptPorts } from "./http-attempt.ts";
import { WholeAnswer, type ReadWhole } from "./whole-answer.ts";

/** A request for vectors in the words of a provider. */
export interface DialectEmbedding {
  readonly codec: Pick<ProviderCodec, "readFault">;
  readonly request: UpstreamRequest;
  readonly dropped: readonly string[];
  readonly decode: (bytes: Buffer, headers: UpstreamHeaders) => FromProvider<DecodedVectors>;
}

/** What an answer holds, once it is the client's. */
type DecodedVectors =
  | {
      readonly kind: "relayed";
      readonly bytes: Buffer;
      readonly usage: Usage | null;
      /** Flat: what of the provider's head is for the client too. */
      readonly headers: readonly string[];
    }
  | ({ readonly kind: "decoded" } & EmbeddedInputs);

export interface EmbedEnds {
  readonly input: EmbedInput;
  readonly sink: AttemptSink;
}

/** Asks for vectors over HTTP, within the time-outs of a whole answer. */
export function startEmbedding(
  ports: HttpAttemptPorts,
  { input, sink }: EmbedEnds,
  { codec, request, dropped, decode }: DialectEmbedding,
): RunningAttempt {
  return new HttpAttempt(ports, input, sink, {
    request,
    reader: new WholeAnswer(embedded(input, decode), {
      input,
      sink,
      limitBytes: answerBytesLimit(input),
      brokenOff: () => measuredOf(input, null),
    }),
    readRefusal: (status, headers, body) =>
      readRefusal(codec, { status, headers, body }, ports.clock.wallMs()),
    stream: false,
    dropped,
  }).start();
}

/** What is left out of a request that goes in other words: of its body, and beside it. */
export const leftOut = ({ call }: EmbedInput, dropped: readonly string[]): readonly string[] => [
  ...new Set([...call.request.headerFeatures.map(({ feature }) => feature), ...dropped]),
];

const embedded =
  (input: EmbedInput, decode: DialectEmbedding["decode"]): ReadWhole =>
  ({ bytes, headers }, _input, sink) => {
    const decoded = decode(bytes, headers);
    if (!decoded.ok) return failedWith(decoded.fault, nothingMeasured);
    const { value } = decoded;
    const measured = measuredOf(input, value.usage);
    sink.committed();
    input.embedded({ ...value, usage: measured.usage } satisfies EmbeddedPart);
    const passed = value.kind === "relayed" ? value.headers : [];
    return { kind: "complete", finish: "stop", measured, headers: passed };
  };

function measuredOf(input: EmbedInput, usage: Usage | null): MeasuredUsage {
  if (usage !== null) return { usage, source: "reported" };
  // A text beyond the window was cut: no more than that was reserved, nor can be read.
  const windowTokens = input.planned.target.embedding?.windowTokens ?? Infinity;
  let tokens = 0;
  for (const { text, tokensBound } of inputsOf(input)) {
    tokens += Math.min(windowTokens, text === null ? tokensBound : estimateTokens(text));
  }
  return { usage: { ...noUsage, input: tokens }, source: "estimated" };
}

const inputsOf = ({ request, range }: EmbedInput): readonly EmbeddingInput[] =>
  request.inputs.slice(range.start, range.end);

/** An answer of more bytes than its vectors can have is a failure of its provider. */
function answerBytesLimit({ planned, request, range }: EmbedInput): number {
  const asked = request.facts.embedding?.dimensions ?? planned.target.embedding?.dimensions;
  const count = range.end - range.start;
  // Who is not asked in the client's own words answers in floats.
  const bytes = embeddingBytes({ count, dimensions: asked ?? null, encoding: "float" });
  return Math.min(bytes, mostAnswerBytes);
}

/** An answer in the client's own words: the whole one is the client's, of others the vectors. */
export function decodeOwn({ request, range }: EmbedInput): DialectEmbedding["decode"] {
  const count = range.end - range.start;
  const isWhole = count === request.inputs.length;
  return (bytes) => {
    if (isWhole) {
      const observed = observeEmbeddings(bytes, count);
      if (!observed.ok) return observed;
      const { usage } = observed.value;
      return { ok: true, value: { kind: "relayed", bytes, usage, headers: [] } };
    }
    const decoded = decodeEmbeddings(bytes, count);
    return decoded.ok ? { ok: true, value: { kind: "decoded", ...decoded.value } } : decoded;
  };
}

/** An answer of Bedrock's to the client's own native body. */
export const decodeNative: DialectEmbedding["decode"] = (bytes, headers) => {
  const observed = observeNativeVectors(bytes, headers);
  if (!observed.ok) return observed;
  const passed = pairsOf(headers, metricHeaders);
  return { ok: true, value: { kind: "relayed", bytes, ...observed.value, headers: passed } };
};

/** An answer in other words: its numbers are written as the client wants them. */
export function decodeForeign(
  { request, range }: EmbedInput,
  codec: Pick<EmbeddingCodec, "decodeAnswer">,
): DialectEmbedding["decode"] {
  return (bytes, headers) => {
    const decoded = codec.decodeAnswer(bytes, range.end - range.start, headers);
    if (!decoded.ok) return decoded;
    const { vectors, ...others } = decoded.value;
    const isFloat = request.encoding === "float";
    const written = isFloat ? vectors : vectors.flatMap((vector) => asBase64(vector) ?? []);
    if (written.length < vectors.length) return { ok: false, fault: silentFault(malformedAnswer) };
    return { ok: true, value: { kind: "decoded", ...others, vectors: written } };
  };
}

/** Null for a list that is no JSON between its brackets. */
function asBase64(vector: string): string | null {
  const numbers = jsonOf(Buffer.from(vector));
  const isVector = Array.isArray(numbers) && numbers.every((each) => typeof each === "number");
  return isVector ? `"${writeVectorBase64(numbers)}"` : null;
}
