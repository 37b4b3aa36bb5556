import { noUsage, type Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

/** Zero is left out on the wire; null when it is absurd. */
const count = (record: JsonObject, key: string): number | null => {
  const value = record[key] ?? 0;
  const isCount = typeof value === "number" && Number.isInteger(value);
  return isCount && value >= 0 && value <= maxTokens ? value : null;
};

/**
 * `usageMetadata` in the canonical form (WIR-11): the prompt counts what was cached of it, and the
 * candidates do not count what was thought. Null when it is absent or absurd.
 */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value) || value["promptTokenCount"] === undefined) return null;
  const prompt = count(value, "promptTokenCount");
  const candidates = count(value, "candidatesTokenCount");
  const thoughts = count(value, "thoughtsTokenCount");
  if (prompt === null || candidates === null || thoughts === null) return null;
  // What tools of Google's have read is input beside the prompt.
  const toolUse = count(value, "toolUsePromptTokenCount") ?? 0;
  const cacheRead = Math.min(prompt, count(value, "cachedContentTokenCount") ?? 0);
  return {
    ...noUsage,
    input: prompt - cacheRead + toolUse,
    cacheRead,
    output: candidates + thoughts,
    reasoning: thoughts,
  };
}

/** What is known of the prompt while the answer goes on. */
export const promptOf = (usage: Usage | null): Usage | null =>
  usage === null ? null : { ...usage, output: noUsage.output, reasoning: noUsage.reasoning };

export interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount: number;
}

export function writeUsage(usage: Usage): UsageMetadata {
  const { cacheRead, reasoning } = usage;
  const prompt = usage.input + cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    promptTokenCount: prompt,
    ...(cacheRead === 0 ? {} : { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount: usage.output - reasoning,
    ...(reasoning === 0 ? {} : { thoughtsTokenCount: reasoning }),
    totalTokenCount: prompt + usage.output,
  };
}
