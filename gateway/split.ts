import type { Choice } from "./choice.ts";
import type { Arm, SplitChoice } from "./model-entry.ts";

/** Where a call is counted: the arm that it fell to, and the weights that were in force then. */
export interface ArmRef {
  readonly split: string;
  readonly arm: string;
  /** Each change of a split begins the next one; 0 before the first. */
  readonly phase: number;
}

/** The arms of a split with the weights that are in force. */
export interface ArmsNow {
  readonly phase: number;
  readonly arms: readonly Arm[];
}

/** Says what is in force of a split; administrators and canaries change it while calls are made. */
export interface SplitWeights {
  now(split: SplitChoice): ArmsNow;
}

/** Of splits that nobody changes. */
export const configuredWeights: SplitWeights = {
  now: ({ arms }) => ({ phase: 0, arms }),
};

/** Null for a call whose model is no split. */
export function armOf(choice: Choice | null): ArmRef | null {
  if (choice?.kind !== "split") return null;
  const { split, alias: arm, phase } = choice;
  return { split, arm, phase };
}
