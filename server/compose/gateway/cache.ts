import { AnswerCache, type CacheWork } from "@sekisho/gateway/cache/answer-cache.ts";
import { SqliteCacheStore, type CacheFile } from "@sekisho/gateway/cache/store/sqlite.ts";
import { CachedCalls, type CachedCallsParts } from "@sekisho/gateway/cached-calls/cached-calls.ts";
import { VectorIndex } from "@sekisho/gateway/cache/vector-index.ts";
import type { Embeddings } from "@sekisho/gateway/embedding/embeddings.ts";
import type { KnownRequests } from "@sekisho/gateway/cache/known-requests.ts";
import { SemanticAnswers } from "@sekisho/gateway/cached-calls/semantic-answers.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { AnswerGiven } from "@sekisho/gateway/observe/answer-given.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../../config/schema.ts";
import type { GatewayPorts } from "./gateway-parts.ts";

const bytesPerMb = 1_048_576;

export interface ComposedCache {
  readonly cache: AnswerCache;
  readonly cached: CachedCalls;
}

/** Answers that are given again, and what of them is told. */
export function composeCache(
  { clock, random, log, metrics, cacheFile }: GatewayPorts,
  { config, embeddings, requests, ...parts }: CacheParts,
): ComposedCache {
  const given = new AnswerGiven(log, metrics);
  const failed = (work: CacheWork, error: unknown): void => given.failed(work, error);
  const store = cacheFile === undefined ? null : storeOf(cacheFile, { clock, config, failed });
  const index = new VectorIndex(() => config().cache.semantic.maxVectors);
  const cache = new AnswerCache({
    clock,
    limits() {
      const { memoryMb, maxAnswers } = config().cache;
      return { memoryBytes: memoryMb * bytesPerMb, answers: maxAnswers };
    },
    store,
    failed,
    purged() {
      index.clear();
      requests.clear();
    },
  });
  metrics.observedGauge(
    { name: "sekisho_cache_memory_bytes", help: "What kept answers take in memory" },
    () => cache.held.bytes,
  );
  metrics.observedGauge(
    { name: "sekisho_cache_memory_answers", help: "Kept answers in memory" },
    () => cache.held.answers,
  );
  metrics.observedGauge(
    {
      name: "sekisho_known_requests_bytes",
      help: "What requests take in memory that were answered without a model and may come again",
    },
    () => requests.bytes,
  );
  const semantic = new SemanticAnswers({
    cache,
    given,
    index,
    embeddings,
    ids: new IdSource(clock, random),
  });
  return { cache, cached: new CachedCalls({ ...parts, cache, given, semantic }) };
}

interface CacheParts extends Omit<CachedCallsParts, "cache" | "given" | "semantic"> {
  /** Who makes vectors of questions. */
  readonly embeddings: Embeddings;
  /** What was asked before. */
  readonly requests: Pick<KnownRequests, "clear" | "bytes">;
  /** As it is in force. */
  readonly config: () => Config;
}

interface StoreParts {
  readonly clock: Clock;
  readonly config: () => Config;
  readonly failed: (work: CacheWork, error: unknown) => void;
}

const storeOf = (file: CacheFile, { clock, config, failed }: StoreParts): SqliteCacheStore =>
  new SqliteCacheStore({
    file,
    limits() {
      const { maxMb, maxAnswers } = config().cache;
      return { bytes: maxMb * bytesPerMb, answers: maxAnswers };
    },
    wallMs: () => clock.wallMs(),
    lost: (error) => failed("keep", error),
  });
