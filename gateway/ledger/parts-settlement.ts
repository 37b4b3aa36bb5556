import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { nothing, type Amounts } from "../amounts.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { sumUsage } from "../sum-usage.ts";
import type { MeasuredUsage } from "../usage.ts";
import {
  attemptCostNanoUsd,
  outcomeOf,
  type Settlement,
  type SettlementFacts,
} from "./settlement.ts";
import { wastedTokens } from "./wasted-tokens.ts";

/** An attempt at a part of a call, and the most that it can have cost. */
export interface PartAttempt {
  readonly record: AttemptRecord;
  readonly boundNanoUsd: number;
  readonly boundInputTokens: number;
}

/** What a call came to that was sent in parts, once no attempt runs any more. */
export interface PartsResult {
  /** In the order of their start. */
  readonly attempts: readonly PartAttempt[];
  /** Null when every part was served. */
  readonly cause: Code | null;
}

export interface PartsSettlement extends Settlement {
  /** What budgets book of it. */
  readonly spent: Amounts;
}

/**
 * Prices a call that several attempts served together (MON-7, MON-15): the tenant pays those whose
 * vectors it has, and of a call that it left those that were at work. Nothing for an error.
 */
export function settleParts(
  call: Call,
  { attempts, cause }: PartsResult,
  facts: SettlementFacts,
): PartsSettlement {
  const costs = attempts.map(({ record, boundNanoUsd }) =>
    attemptCostNanoUsd(record, boundNanoUsd),
  );
  const isError = outcomeOf(cause) === "error";
  const own = { ...nothing };
  for (const [index, each] of attempts.entries()) {
    if (isError || each.record.outcome.kind === "failed") continue;
    own.nanoUsd += costs[index] ?? 0;
    own.inputTokens += inputTokensOf(each);
  }
  const costNanoUsd = Math.min(own.nanoUsd, facts.reservedNanoUsd);
  const records = attempts.map(({ record }) => record);
  const counts = summed(attempts, cause);
  return {
    call,
    attempts: records,
    counts,
    cause,
    costNanoUsd,
    excessNanoUsd: own.nanoUsd - costNanoUsd,
    attemptCostsNanoUsd: costs,
    // Vectors have no tokens of an answer.
    wasted: wastedTokens({ attempts: records, counts }, 1),
    spent: { ...own, nanoUsd: costNanoUsd },
    isFree: isError,
    isError,
    endedMs: facts.endedMs,
    endedWallMs: facts.endedWallMs,
  };
}

/** What was used, or all that could be where nobody knows. */
function inputTokensOf({ record: { outcome }, boundInputTokens }: PartAttempt): number {
  const { usage, source } = outcome.measured;
  if (source === "unknown") return boundInputTokens;
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** All attempts as the one that counts: where the first part was served, and what they used. */
function summed(attempts: readonly PartAttempt[], cause: Code | null): AttemptRecord | null {
  const records = attempts.map(({ record }) => record);
  const served = records.filter(({ outcome }) => outcome.kind === "complete");
  const shown = cause === null ? served[0] : (records.at(-1) ?? null);
  if (shown === null || shown === undefined) return null;
  const measured = sumOf(records);
  const firsts = served.map(({ firstTokenMs, endedMs }) => firstTokenMs ?? endedMs);
  return {
    ...shown,
    outcome: { ...shown.outcome, measured },
    startedMs: Math.min(...records.map(({ startedMs }) => startedMs)),
    endedMs: Math.max(...records.map(({ endedMs }) => endedMs)),
    // Vectors are of use once all of them are there.
    firstTokenMs: cause === null ? Math.max(...firsts) : null,
  };
}

function sumOf(records: readonly AttemptRecord[]): MeasuredUsage {
  const used = records.flatMap(({ outcome }) =>
    outcome.kind === "failed" ? [] : [outcome.measured],
  );
  const sources = new Set(used.map(({ source }) => source));
  return {
    usage: sumUsage(used.map(({ usage }) => usage)),
    source: doubtful.find((each) => sources.has(each)) ?? "none",
  };
}

/** A sum is known no better than what is known least of it. */
const doubtful = ["unknown", "estimated", "reported"] as const;
