import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { LiveSlot } from "@sekisho/wire/admin/live.ts";
import { secondColumn, type LiveState } from "../live/live-state.ts";
import { mergeInto, percentilesOf, type Percentiles } from "../parts/percentiles.ts";

/** How often something with this code happened. */
export interface CodeCount {
  readonly code: string;
  readonly count: number;
}

/** What some calls together come to. Times are milliseconds. */
export interface CallFigures {
  readonly requests: number;
  readonly errors: number;
  readonly failedAttempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstToken: Percentiles;
  readonly total: Percentiles;
  /** Output tokens per second of one streamed answer. */
  readonly pace: Percentiles;
}

export interface OverviewFigures extends CallFigures {
  /** Means of the last ten seconds, per second. */
  readonly now: {
    readonly requests: number;
    readonly errors: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
  readonly refused: number;
  /** How calls ended badly, the most frequent first. */
  readonly codes: readonly CodeCount[];
  /** Why requests did not become calls. */
  readonly refusals: readonly CodeCount[];
}

const nowS = 10;

/** The figures of the last `spanS` seconds. */
export function overviewFigures(state: LiveState, spanS: number): OverviewFigures {
  const slots = [...state.slotsWithin(spanS)];
  const refusals = countCodes([...state.refusalsWithin(spanS)]);
  const mean = (column: number): number =>
    state.seconds.sum(column, state.second - nowS, state.second - 1) / nowS;
  return {
    ...callFigures(slots),
    now: {
      requests: mean(secondColumn.requests),
      errors: mean(secondColumn.errors),
      inputTokens: mean(secondColumn.inputTokens),
      outputTokens: mean(secondColumn.outputTokens),
    },
    refused: refusals.reduce((sum, { count }) => sum + count, 0),
    codes: countCodes(slots.map(({ codes }) => codes)),
    refusals,
  };
}

/** Sums and percentiles of slots, of whatever targets and times. */
export function callFigures(slots: readonly LiveSlot[]): CallFigures {
  const [total, firstToken, pace] = [new Histogram(), new Histogram(), new Histogram()];
  for (const slot of slots) {
    mergeInto(total, slot.totalUs);
    mergeInto(firstToken, slot.firstTokenUs);
    mergeInto(pace, slot.tokensPerSecond);
  }
  const sum = (of: (slot: LiveSlot) => number): number =>
    slots.reduce((before, slot) => before + of(slot), 0);
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    failedAttempts: sum(({ failedAttempts }) => totalOf(failedAttempts)),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    firstToken: percentilesOf(firstToken, 1_000),
    total: percentilesOf(total, 1_000),
    pace: percentilesOf(pace, 1),
  };
}

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Counts of many slots together, the most frequent first. */
export function countCodes(
  counts: readonly Readonly<Record<string, number>>[],
): readonly CodeCount[] {
  const sums = new Map<string, number>();
  for (const each of counts) {
    for (const [code, count] of Object.entries(each)) sums.set(code, (sums.get(code) ?? 0) + count);
  }
  return [...sums]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
