import type { UsageReport } from "@sekisho/gateway/ledger/usage-query.ts";
import type { UsageFigures } from "@sekisho/gateway/ledger/usage-tally.ts";
import type { ProcessFigures } from "@sekisho/gateway/observe/process-totals.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { ProcessStats, UsageSummary } from "./usage-summary.ts";

interface Sums {
  readonly requests: number;
  readonly errors: number;
  readonly given: number;
  readonly input: number;
  readonly output: number;
  readonly costNanoUsd: bigint;
  readonly averageLatencyMs: number;
}

/** What the ledger says, for programs. */
export const usageSummary = ({ fromMs, toMs, totals }: UsageReport): UsageSummary => ({
  from: rfc3339(fromMs),
  to: rfc3339(toMs),
  ...statsOf(sumsOf(totals)),
});

/** What a process has counted, for programs. */
export const processStats = (figures: ProcessFigures): ProcessStats =>
  statsOf({
    requests: figures.requests,
    errors: figures.errors,
    given: figures.given,
    input: figures.inputTokens,
    output: figures.outputTokens,
    costNanoUsd: figures.costNanoUsd,
    averageLatencyMs: figures.requests === 0 ? 0 : figures.latencyMs / figures.requests,
  });

const sumsOf = (figures: UsageFigures): Sums => ({
  requests: figures.requests,
  errors: figures.errors,
  given: figures.givenAnswers,
  input: figures.inputTokens + figures.cachedTokens,
  output: figures.outputTokens,
  costNanoUsd: figures.costNanoUsd,
  averageLatencyMs: figures.averageLatencyMs,
});

function statsOf({ requests, errors, input, output, costNanoUsd, ...rest }: Sums): ProcessStats {
  const totalCostUsd = Number(costNanoUsd) / 1_000_000_000;
  return {
    totalRequests: requests,
    totalErrors: errors,
    totalTokens: { input, output, total: input + output },
    totalCostUsd,
    totalCostNanoUsd: String(costNanoUsd),
    cacheHitRate: requests === 0 ? 0 : Math.min(1, rest.given / requests),
    averageLatencyMs: rest.averageLatencyMs,
    averageCostUsd: requests === 0 ? 0 : totalCostUsd / requests,
  };
}
