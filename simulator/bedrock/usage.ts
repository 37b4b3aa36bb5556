import type { FaultName } from "../faults.data.ts";
import { plainInput, type TokenCounts } from "../reply.ts";
import { usageView, type UsageView } from "../script/usage-view.ts";

const cacheDetails = ({ tokens, write }: UsageView): object => {
  const lives = [
    { ttl: "1h", tokens: tokens.cacheWrite1h },
    { ttl: "5m", tokens: tokens.cacheWrite5m },
  ].filter((life) => life.tokens > 0);
  if (lives.length === 0) return {};
  return {
    cacheDetails: lives.map((life) => ({ ttl: life.ttl, inputTokens: write(life.tokens) })),
  };
};

const usageObject = (view: UsageView): object => {
  const { tokens, write } = view;
  return {
    inputTokens: write(plainInput(tokens)),
    outputTokens: write(tokens.output),
    totalTokens: write(tokens.input + tokens.output),
    cacheReadInputTokens: write(tokens.cached),
    cacheWriteInputTokens: write(tokens.cacheWrite5m + tokens.cacheWrite1h),
    ...cacheDetails(view),
  };
};

/** The JSON of `usage`; null when a fault leaves it out. */
export const usageJson = (tokens: TokenCounts, fault: FaultName | null): string | null => {
  const view = usageView(tokens, fault);
  return view === null ? null : JSON.stringify(usageObject(view));
};

/** What Bedrock counts of a native stream, as the last event has it. */
export const metricsOf = (tokens: TokenCounts): object => ({
  inputTokenCount: plainInput(tokens),
  outputTokenCount: tokens.output,
  invocationLatency: 1,
  firstByteLatency: 1,
  cacheReadInputTokenCount: tokens.cached,
  cacheWriteInputTokenCount: tokens.cacheWrite5m + tokens.cacheWrite1h,
});

/** The same of a plain native answer. */
export const usageHeaders = (tokens: TokenCounts): readonly string[] => [
  "x-amzn-bedrock-invocation-latency",
  "1",
  "x-amzn-bedrock-input-token-count",
  String(plainInput(tokens)),
  "x-amzn-bedrock-output-token-count",
  String(tokens.output),
  "x-amzn-bedrock-cache-read-input-token-count",
  String(tokens.cached),
  "x-amzn-bedrock-cache-write-input-token-count",
  String(tokens.cacheWrite5m + tokens.cacheWrite1h),
];
