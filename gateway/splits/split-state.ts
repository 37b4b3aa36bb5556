import type { SplitChoice } from "../model-entry.ts";

/** Of arms by name. */
export type Weights = Readonly<Record<string, number>>;

/** An arm that is given more of the calls step by step. */
export interface Canary {
  readonly arm: string;
  /** Shares in percent, ascending. */
  readonly steps: readonly number[];
  /** Which of them it is at. */
  readonly at: number;
  readonly state: "running" | "paused";
  /** Weights before it began. */
  readonly before: Weights;
}

/** What is in force of a split at run time: it outlasts the process. */
export interface SplitState {
  /** One more with each change; calls are counted under that of their arrival. */
  readonly phase: number;
  /** When it began, on the wall clock. */
  readonly sinceMs: number;
  /** In place of those of the configuration; null: those. */
  readonly weights: Weights | null;
  /** The same before the latest change of weights. */
  readonly before: Weights | null;
  readonly canary: Canary | null;
  /** Arms that were rolled back and have had no weight since. */
  readonly rolledBack: readonly string[];
}

/** Of a split that nobody has changed. */
export const untouched: SplitState = {
  phase: 0,
  sinceMs: 0,
  weights: null,
  before: null,
  canary: null,
  rolledBack: [],
};

/** What a split is, as far as changes of it need to know. */
export type ChangedSplit = Pick<SplitChoice, "split" | "arms" | "canary">;

export const sumOf = (weights: Weights): number =>
  Object.values(weights).reduce((sum, weight) => sum + weight, 0);

/** Of all arms but one. */
export const sumWithout = (weights: Weights, arm: string): number =>
  sumOf({ ...weights, [arm]: 0 });

export const configuredOf = ({ arms }: Pick<ChangedSplit, "arms">): Weights =>
  Object.fromEntries(arms.map(({ name, weight }) => [name, weight]));

/**
 * The weights in force: those set at run time, for arms that are new since then those of the
 * configuration. These too where no arm that has a weight is left.
 */
export function weightsOf(
  split: Pick<ChangedSplit, "arms">,
  { weights }: Pick<SplitState, "weights">,
): Weights {
  if (weights === null) return configuredOf(split);
  const known = Object.fromEntries(
    split.arms.map(({ name, weight }) => [
      name,
      Object.hasOwn(weights, name) ? (weights[name] ?? weight) : weight,
    ]),
  );
  return sumOf(known) > 0 ? known : configuredOf(split);
}

/** The share of an arm, from 0 to 1. */
export const shareOf = (weights: Weights, arm: string): number => {
  const sum = sumOf(weights);
  return sum === 0 ? 0 : (weights[arm] ?? 0) / sum;
};
