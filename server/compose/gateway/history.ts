import { Admission, type AdmissionParts } from "@sekisho/gateway/admission/admission.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { CallBooksParts } from "@sekisho/gateway/calls/call-books.ts";
import type { DispatchPorts } from "@sekisho/gateway/dispatch/run.ts";
import { FittedCalls } from "@sekisho/gateway/history/fitted-calls.ts";
import {
  defaultSummaryLimits,
  Summaries,
  type TellSummary,
} from "@sekisho/gateway/history/summaries.ts";
import { HistorySummaries } from "@sekisho/gateway/observe/history-summaries.ts";
import { SummarisedHistory } from "@sekisho/gateway/history/summarised-history.ts";
import { SummaryCalls } from "@sekisho/gateway/history/summary-calls.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";

export interface HistoryParts extends CallBooksParts {
  readonly stages: AdmissionParts;
  readonly admission: Admission;
  readonly dispatch: DispatchPorts;
}

export interface HistoryPorts {
  readonly random: Random;
  readonly metrics: Metrics;
  /** Where other processes are told of summaries. */
  readonly tellSummary?: TellSummary;
}

export interface ComposedHistory {
  readonly fitted: FittedCalls;
  /** What calls would be sent with. */
  readonly summaries: Summaries;
}

/** Where calls may go, and who summarises what of them has no room. */
export function composeHistory(
  parts: HistoryParts,
  { random, metrics, tellSummary }: HistoryPorts,
): ComposedHistory {
  const { stages, admission } = parts;
  const { clock, lots, settings } = stages;
  const summaries = new Summaries(clock, defaultSummaryLimits, tellSummary);
  const calls = new SummaryCalls({
    ...parts,
    clock,
    lots,
    settings,
    ids: new IdSource(clock, random),
    admission: new Admission({ ...stages, budgets: withoutRequestLimits(parts.budgets) }),
    summarised: new HistorySummaries(metrics),
  });
  const summarised = new SummarisedHistory({ admission, summaries, calls });
  return { fitted: new FittedCalls({ admission, summarised }), summaries };
}

/** Those are for what clients ask. */
export const withoutRequestLimits = (budgets: Budgets): AdmissionParts["budgets"] => ({
  isMoneyLimited: (spender) => budgets.isMoneyLimited(spender),
  free: (spender) => budgets.free(spender),
  requestLimit: () => null,
});
