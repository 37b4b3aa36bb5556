import type { LoadedCall } from "./open-loop.ts";

/** When things were done to the region; all on the scale of the calls' times. */
export interface OutageMarks {
  readonly startedMs: number;
  readonly failedMs: number;
  /** When its endpoint was first seen not to be healthy; null when it never was. */
  readonly openedMs: number | null;
  readonly healedMs: number;
  readonly endedMs: number;
}

export type Phase = "before" | "outage" | "healed";

export interface PhaseFigures {
  readonly calls: number;
  readonly errors: number;
  readonly regions: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface OutageFigures {
  readonly calls: number;
  readonly errors: number;
  readonly attemptsByHeader: number;
  readonly openedAfterMs: number | null;
  readonly firstSuccessAfterHealMs: number | null;
  readonly fullShareAfterHealMs: number | null;
  readonly phases: Readonly<Record<Phase, PhaseFigures>>;
}

/** A share is looked at over so much time … */
export const shareWindowMs = 5_000;
/** … and is full when it is so much of what it was before the outage. */
export const fullShare = 0.9;

const isSuccess = ({ status }: LoadedCall): boolean => status === 200;

/** What the calls to a service tell of the outage of one of its regions. */
export function outageFigures(
  calls: readonly LoadedCall[],
  marks: OutageMarks,
  region: string,
): OutageFigures {
  const { startedMs, failedMs, healedMs, endedMs, openedMs } = marks;
  const within = (fromMs: number, untilMs: number): LoadedCall[] =>
    calls.filter(({ sentMs }) => sentMs >= fromMs && sentMs < untilMs);
  const before = within(startedMs, failedMs);
  const healed = within(healedMs, endedMs);
  const successes = healed.filter((call) => isSuccess(call) && call.region === region);
  const firstMs = Math.min(...successes.map(({ sentMs, tookMs }) => sentMs + tookMs));
  return {
    calls: calls.length,
    errors: calls.filter((call) => !isSuccess(call)).length,
    attemptsByHeader: calls.reduce((sum, { attempts }) => sum + attempts, 0),
    openedAfterMs: openedMs === null ? null : openedMs - failedMs,
    firstSuccessAfterHealMs: successes.length === 0 ? null : firstMs - healedMs,
    fullShareAfterHealMs: fullShareAfterMs(
      healed,
      { healedMs, endedMs },
      {
        region,
        share: shareOf(before, region),
      },
    ),
    phases: {
      before: phaseFigures(before),
      outage: phaseFigures(within(failedMs, healedMs)),
      healed: phaseFigures(healed),
    },
  };
}

/** The part of the calls that this region has served. */
export const shareOf = (calls: readonly LoadedCall[], region: string): number =>
  calls.length === 0 ? 0 : calls.filter((call) => call.region === region).length / calls.length;

/** The end of the first window in which the region has its share again, since it was healed. */
function fullShareAfterMs(
  healed: readonly LoadedCall[],
  { healedMs, endedMs }: Pick<OutageMarks, "healedMs" | "endedMs">,
  before: { readonly region: string; readonly share: number },
): number | null {
  if (before.share === 0) return null;
  const stepMs = 250;
  for (let endMs = healedMs + shareWindowMs; endMs <= endedMs; endMs += stepMs) {
    const window = healed.filter(({ sentMs }) => sentMs >= endMs - shareWindowMs && sentMs < endMs);
    if (shareOf(window, before.region) >= fullShare * before.share) return endMs - healedMs;
  }
  return null;
}

function phaseFigures(calls: readonly LoadedCall[]): PhaseFigures {
  const regions: Record<string, number> = {};
  for (const { region } of calls) {
    if (region !== null) regions[region] = (regions[region] ?? 0) + 1;
  }
  const tookMs = calls.map((call) => call.tookMs).toSorted((a, b) => a - b);
  const quantile = (share: number): number =>
    Math.round((tookMs[Math.max(0, Math.ceil(share * tookMs.length) - 1)] ?? 0) * 10) / 10;
  return {
    calls: calls.length,
    errors: calls.filter((call) => !isSuccess(call)).length,
    regions,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}
