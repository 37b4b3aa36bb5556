import type { EmbeddedCall } from "@sekisho/gateway/embedding/embeddings.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { jsonOf } from "@sekisho/wire/framing/json-of.ts";
import { isObject } from "@sekisho/wire/field-rules.ts";
import type { EmbeddingResult } from "./embedding.ts";

/**
 * What a call for vectors came to, for the program that made it. Throws Failure
 * `upstream_malformed` where what its provider wrote as a vector is none.
 */
export function embeddingResult(
  call: Omit<EmbeddedCall, "kind" | "release">,
  ids: Pick<EmbeddingResult, "requestId" | "firstRequestId">,
): EmbeddingResult {
  const { target } = call.served;
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = call.usage;
  return {
    vectors: vectorsIn(call.body),
    model: target.upstreamModel,
    provider: target.provider,
    region: target.region,
    inputTokens: input + cacheRead + cacheWrite5m + cacheWrite1h,
    costUsd: call.costNanoUsd / 1e9,
    costNanoUsd: call.costNanoUsd,
    totalLatencyMs: call.timing.latencyMs,
    ...ids,
  };
}

/** OpenAI's words, be they the provider's own or ours. */
function vectorsIn(body: Buffer | string): number[][] {
  const json = jsonOf(typeof body === "string" ? Buffer.from(body) : body);
  const data = isObject(json) ? json["data"] : null;
  if (!Array.isArray(data)) throw malformed();
  const vectors: number[][] = [];
  for (const [place, item] of data.entries()) {
    if (!isObject(item) || !isVector(item["embedding"])) throw malformed();
    const { index } = item;
    vectors[typeof index === "number" ? index : place] = item["embedding"];
  }
  return vectors;
}

const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");

const malformed = (): Failure<Code> =>
  new Failure<Code>("upstream_malformed", "Cannot read the vectors: they are no lists of numbers");
