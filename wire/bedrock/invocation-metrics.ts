import type { AnswerHeaders } from "../canonical/codec.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject } from "../field-rules.ts";

/** The member of a native stream's last event. */
export const metricsMember = "amazon-bedrock-invocationMetrics";

/** More than this in one answer is a provider's mistake, not a count. */
const maxTokens = 1_000_000_000;

const countOf = (value: unknown): number | null => {
  const count = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  const isCount = typeof count === "number" && Number.isInteger(count);
  return isCount && count >= 0 && count <= maxTokens ? count : null;
};

interface Counts {
  readonly input: unknown;
  readonly output: unknown;
  readonly cacheRead: unknown;
  readonly cacheWrite: unknown;
}

/** Here too, cached tokens are not input (WIR-11). */
function usageOf({ input, output, cacheRead, cacheWrite }: Counts): Usage | null {
  const read = countOf(input);
  if (read === null) return null;
  return {
    input: read,
    output: countOf(output) ?? 0,
    cacheRead: countOf(cacheRead) ?? 0,
    cacheWrite5m: countOf(cacheWrite) ?? 0,
    cacheWrite1h: 0,
    reasoning: 0,
  };
}

/** What Bedrock itself counted of a native stream, in whatever words the model answers. */
export const readMetrics = (metrics: unknown): Usage | null =>
  isObject(metrics)
    ? usageOf({
        input: metrics["inputTokenCount"],
        output: metrics["outputTokenCount"],
        cacheRead: metrics["cacheReadInputTokenCount"],
        cacheWrite: metrics["cacheWriteInputTokenCount"],
      })
    : null;

export const writeMetrics = (usage: Usage): object => ({
  inputTokenCount: usage.input,
  outputTokenCount: usage.output,
  invocationLatency: 0,
  firstByteLatency: 0,
  cacheReadInputTokenCount: usage.cacheRead,
  cacheWriteInputTokenCount: usage.cacheWrite5m + usage.cacheWrite1h,
});

/** The same of a whole native answer. */
export const readUsageHeaders = (headers: AnswerHeaders): Usage | null =>
  usageOf({
    input: headers["x-amzn-bedrock-input-token-count"],
    output: headers["x-amzn-bedrock-output-token-count"],
    cacheRead: headers["x-amzn-bedrock-cache-read-input-token-count"],
    cacheWrite: headers["x-amzn-bedrock-cache-write-input-token-count"],
  });
