import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

const count = (record: JsonObject, key: string): number | null => {
  const value = record[key] ?? 0;
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= maxTokens ? value : null;
};

/** Nova says of its cached tokens `…TokenCount` in a native answer. */
const cached = (record: JsonObject, kind: "Read" | "Write"): number =>
  count(record, `cache${kind}InputTokens`) || (count(record, `cache${kind}InputTokenCount`) ?? 0);

function writtenFor1h(details: unknown): number {
  if (!Array.isArray(details)) return 0;
  let tokens = 0;
  for (const detail of details) {
    if (isObject(detail) && detail["ttl"] === "1h") tokens += count(detail, "inputTokens") ?? 0;
  }
  return tokens;
}

/**
 * Usage as Converse reports it, in the canonical form: here too `inputTokens` leaves out what was
 * read from a cache or written to it (WIR-11). Null when it is absent or absurd.
 */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value) || value["inputTokens"] === undefined) return null;
  const input = count(value, "inputTokens");
  const output = count(value, "outputTokens");
  if (input === null || output === null) return null;
  const written = cached(value, "Write");
  const cacheWrite1h = Math.min(written, writtenFor1h(value["cacheDetails"]));
  return {
    input,
    output,
    cacheRead: cached(value, "Read"),
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    reasoning: 0,
  };
}

interface CacheDetail {
  readonly ttl: "5m" | "1h";
  readonly inputTokens: number;
}

export interface ConverseUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of every kind: the cached ones count here. */
  readonly totalTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheWriteInputTokens: number;
  readonly cacheDetails?: readonly CacheDetail[];
}

export function writeUsage(usage: Usage): ConverseUsage {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = usage;
  const written = cacheWrite5m + cacheWrite1h;
  const details: CacheDetail[] = [];
  if (cacheWrite1h > 0) details.push({ ttl: "1h", inputTokens: cacheWrite1h });
  if (cacheWrite5m > 0) details.push({ ttl: "5m", inputTokens: cacheWrite5m });
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output + cacheRead + written,
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokens: written,
    ...(details.length === 0 ? {} : { cacheDetails: details }),
  };
}

/** The same in Nova's own words. */
export function writeNovaUsage(usage: Usage): object {
  const { inputTokens, outputTokens, totalTokens, ...cache } = writeUsage(usage);
  return {
    inputTokens,
    outputTokens,
    totalTokens,
    cacheReadInputTokenCount: cache.cacheReadInputTokens,
    cacheWriteInputTokenCount: cache.cacheWriteInputTokens,
  };
}
