import type { AnswerHeaders, AnswerTiming } from "../../canonical/codec.ts";
import { noUsage, type Usage } from "../../canonical/usage.ts";
import { isObject } from "../../field-rules.ts";

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

const writeMetrics = (usage: Usage, timing: AnswerTiming): object => ({
  inputTokenCount: usage.input,
  outputTokenCount: usage.output,
  invocationLatency: timing.latencyMs,
  firstByteLatency: timing.firstTokenMs,
  cacheReadInputTokenCount: usage.cacheRead,
  cacheWriteInputTokenCount: usage.cacheWrite5m + usage.cacheWrite1h,
});

/** The JSON of a native stream's last event with what Bedrock counts in it. */
export function withMetrics(event: string, usage: Usage | null, timing: AnswerTiming): string {
  const metrics = JSON.stringify({ [metricsMember]: writeMetrics(usage ?? noUsage, timing) });
  return `${event.slice(0, -1)},${metrics.slice(1)}`;
}

/** Headers of a whole native answer. */
const headers = {
  input: "x-amzn-bedrock-input-token-count",
  output: "x-amzn-bedrock-output-token-count",
  cacheRead: "x-amzn-bedrock-cache-read-input-token-count",
  cacheWrite: "x-amzn-bedrock-cache-write-input-token-count",
  latency: "x-amzn-bedrock-invocation-latency",
} as const;

export const metricHeaders: readonly string[] = Object.values(headers);

/** The same as `readMetrics` of a whole native answer. */
export const readUsageHeaders = (said: AnswerHeaders): Usage | null =>
  usageOf({
    input: said[headers.input],
    output: said[headers.output],
    cacheRead: said[headers.cacheRead],
    cacheWrite: said[headers.cacheWrite],
  });

/** Flat. What Bedrock itself tells in the head of a whole native answer. */
export const writeMetricHeaders = (usage: Usage, latencyMs: number): string[] => [
  headers.input,
  String(usage.input),
  headers.output,
  String(usage.output),
  headers.cacheRead,
  String(usage.cacheRead),
  headers.cacheWrite,
  String(usage.cacheWrite5m + usage.cacheWrite1h),
  headers.latency,
  String(latencyMs),
];
