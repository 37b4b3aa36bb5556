import { isObject, type JsonObject } from "../field-rules.ts";
import type { Usage } from "../canonical/usage.ts";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

const count = (record: JsonObject, key: string): number | null => {
  const value = record[key] ?? 0;
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= maxTokens ? value : null;
};

const detail = (usage: JsonObject, group: string, key: string): number => {
  const details = usage[group];
  return isObject(details) ? (count(details, key) ?? 0) : 0;
};

/**
 * Usage as this dialect reports it, in the canonical form: cached tokens are not input (WIR-11).
 * Null when it is absent or absurd.
 */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const prompt = count(value, "prompt_tokens");
  const completion = count(value, "completion_tokens");
  if (prompt === null || completion === null) return null;
  if (prompt + completion === 0 && value["prompt_tokens"] === undefined) return null;
  const cacheRead = Math.min(prompt, detail(value, "prompt_tokens_details", "cached_tokens"));
  const written = detail(value, "prompt_tokens_details", "cache_write_tokens");
  const cacheWrite5m = Math.min(prompt - cacheRead, written);
  const reasoning = detail(value, "completion_tokens_details", "reasoning_tokens");
  // Some servers leave reasoning out of the completion and only count it in the total.
  const isApart = reasoning > 0 && value["total_tokens"] === prompt + completion + reasoning;
  return {
    input: prompt - cacheRead - cacheWrite5m,
    output: isApart ? completion + reasoning : Math.max(completion, reasoning),
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    reasoning,
  };
}

export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    readonly cache_write_tokens?: number;
  };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

export function writeUsage(usage: Usage): ChatUsage {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const prompt = usage.input + usage.cacheRead + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}
