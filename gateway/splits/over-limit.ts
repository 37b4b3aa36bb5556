import type { RollbackPolicy } from "../model-entry.ts";

/** Calls of an arm that say something of it: those that were answered, and those that failed. */
export interface ArmCounts {
  readonly answered: number;
  readonly failed: number;
}

export const totalOf = ({ answered, failed }: ArmCounts): number => answered + failed;

export const rateOf = (counts: ArmCounts): number =>
  totalOf(counts) === 0 ? 0 : counts.failed / totalOf(counts);

/** Behind so many windows an arm needs no more evidence than before: it must stay detectable. */
const mostWindows = 30;

/**
 * Do more of the calls fail than the limit allows, by more than chance? The likelihood of what was
 * seen, against that of an arm whose errors are at the limit, must be `windows / falseAlarm` at
 * least: by Chernoff's bound such an arm shows it with the chance `falseAlarm / windows`, however
 * few calls there are. Each window is looked at many times, and there are many of them, so that
 * what a new arm is judged by would, over weeks, show every arm as bad some day.
 */
export function isOver(
  counts: ArmCounts,
  { errorRate, falseAlarm }: Pick<RollbackPolicy, "errorRate" | "falseAlarm">,
  windows = 1,
): boolean {
  const rate = rateOf(counts);
  if (rate <= errorRate) return false;
  // At 1 nothing is left to chance: the bare rate decides.
  if (falseAlarm >= 1) return true;
  const needed = Math.log(Math.min(mostWindows, Math.max(1, windows)) / falseAlarm);
  return totalOf(counts) * divergence(rate, errorRate) >= needed;
}

/** Of two shares, in nats: `from` is above `to`. */
const divergence = (from: number, to: number): number =>
  from * Math.log(from / to) + (from === 1 ? 0 : (1 - from) * Math.log((1 - from) / (1 - to)));
