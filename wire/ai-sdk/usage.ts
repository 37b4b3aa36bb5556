import { noUsage, type Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

/** Null when nothing is said, or something absurd. */
function count(group: JsonObject, key: string): number | null {
  const value = group[key];
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= maxTokens ? value : null;
}

/**
 * Usage as a package reports it, in the canonical form (WIR-11): its totals count what was read
 * from and written to a cache, and what was thought. Null when it does not say both totals.
 */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const { inputTokens: prompt, outputTokens: said } = value;
  if (!isObject(prompt) || !isObject(said)) return null;
  const input = count(prompt, "total");
  const output = count(said, "total");
  if (input === null || output === null) return null;
  const cacheRead = Math.min(input, count(prompt, "cacheRead") ?? 0);
  const cacheWrite5m = Math.min(input - cacheRead, count(prompt, "cacheWrite") ?? 0);
  const reasoning = count(said, "reasoning") ?? 0;
  return {
    ...noUsage,
    input: input - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    output: Math.max(output, reasoning),
    reasoning,
  };
}
