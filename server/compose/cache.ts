import { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import { CachedCalls, type CachedCallsParts } from "@sekisho/gateway/cached-calls.ts";
import { AnswerGiven } from "@sekisho/gateway/observe/answer-given.ts";
import type { Config } from "../config/schema.ts";
import type { GatewayPorts } from "./gateway-parts.ts";

const bytesPerMb = 1_048_576;

/** Answers that are given again, and what of them is told. */
export function composeCache(
  { clock, log, metrics }: GatewayPorts,
  parts: Omit<CachedCallsParts, "cache" | "given">,
  config: () => Config,
): CachedCalls {
  const given = new AnswerGiven(log, metrics);
  const cache = new AnswerCache({
    clock,
    limits() {
      const { memoryMb, maxAnswers } = config().cache;
      return { memoryBytes: memoryMb * bytesPerMb, answers: maxAnswers };
    },
    store: null,
    failed: (work, error) => given.failed(work, error),
  });
  metrics.observedGauge(
    { name: "sekisho_cache_memory_bytes", help: "What kept answers take in memory" },
    () => cache.held.bytes,
  );
  metrics.observedGauge(
    { name: "sekisho_cache_memory_answers", help: "Kept answers in memory" },
    () => cache.held.answers,
  );
  return new CachedCalls({ ...parts, cache, given });
}
