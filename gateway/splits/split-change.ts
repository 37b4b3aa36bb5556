import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { SplitCommand, SplitEvent } from "@sekisho/wire/admin/splits.ts";
import {
  configuredOf,
  shareOf,
  sumOf,
  sumWithout,
  weightsOf,
  type Canary,
  type ChangedSplit,
  type SplitState,
  type Weights,
} from "./split-state.ts";
import { stepWeights, withoutArm } from "./without-arm.ts";

/** What a command makes of a split, and what it is told as. */
export interface SplitChange {
  readonly event: SplitEvent;
  /** Null where it is about all of them. */
  readonly arm: string | null;
  readonly state: SplitState;
  /** One sentence for people. */
  readonly words: string;
}

/** A split and what was in force of it. */
export interface Standing {
  readonly split: ChangedSplit;
  readonly state: SplitState;
  readonly nowMs: number;
}

/**
 * What a command of an administrator makes of a split (RTE-4). Pure. Throws Failure `conflict`
 * where its state forbids it, `invalid_value` for an arm that it has not.
 */
export function commanded(standing: Standing, command: SplitCommand): SplitChange {
  switch (command.command) {
    case "set":
      return set(standing, command.weights);
    case "canary":
      return canaryOf(standing, command.arm);
    case "step":
      return step(standing);
    case "pause":
      return pause(standing);
    case "resume":
      return resume(standing);
    case "abort":
      return abort(standing);
    case "rollback":
      return command.arm === null ? undo(standing) : rollback(standing, command.arm, null);
    case "reset":
      return reset(standing);
  }
}

/** The next state: what is not named stays. */
const after = (
  { state, nowMs }: Standing,
  next: Partial<Omit<SplitState, "phase" | "sinceMs">>,
): SplitState => ({ ...state, ...next, phase: state.phase + 1, sinceMs: nowMs });

/** The same with other weights. An arm that has one again is no longer rolled back. */
function weighted(
  standing: Standing,
  weights: Weights | null,
  next: Pick<SplitState, "canary"> & Partial<Pick<SplitState, "rolledBack">>,
): SplitState {
  const { split, state } = standing;
  const now = weightsOf(split, { weights });
  const rolledBack = (next.rolledBack ?? state.rolledBack).filter((arm) => now[arm] === 0);
  return after(standing, { ...next, weights, before: weightsOf(split, state), rolledBack });
}

const refusal = (code: Code, { split }: Standing, why: string): Failure<Code> =>
  new Failure<Code>(code, `Cannot change split "${split.split}": ${why}`);

/** Throws Failure `invalid_value` for a name that is no arm. */
function checkArm(standing: Standing, arm: string): void {
  const names = standing.split.arms.map(({ name }) => name);
  if (names.includes(arm)) return;
  const near = nearest(arm, names);
  const hint = near === null ? "" : `; the nearest is "${near.text}"`;
  throw refusal("invalid_value", standing, `"${arm}" is no arm of it${hint}`);
}

function set(standing: Standing, given: Weights): SplitChange {
  const { split, state } = standing;
  for (const arm of Object.keys(given)) checkArm(standing, arm);
  const weights = { ...weightsOf(split, state), ...given };
  if (sumOf(weights) <= 0) throw refusal("invalid_value", standing, "no arm would have a weight");
  const ended = state.canary === null ? "" : `; the canary of ${state.canary.arm} is over`;
  return {
    event: "weighted",
    arm: null,
    state: weighted(standing, weights, { canary: null }),
    words: `${weightsInWords(weights)}${ended}`,
  };
}

function canaryOf(standing: Standing, arm: string): SplitChange {
  const { split, state } = standing;
  checkArm(standing, arm);
  if (state.canary !== null) {
    throw refusal("conflict", standing, `a canary of ${state.canary.arm} is under way`);
  }
  const before = weightsOf(split, state);
  if (sumWithout(before, arm) <= 0) {
    throw refusal("conflict", standing, `${arm} has all calls already`);
  }
  const { steps } = split.canary;
  const canary: Canary = { arm, steps, at: 0, state: "running", before };
  return {
    event: "canary_began",
    arm,
    state: weighted(standing, stepWeights(canary, 0), { canary }),
    words: `${arm} has ${steps[0]} % of the calls, and is to have ${steps.slice(1).join(", ")} %`,
  };
}

/** Throws Failure `conflict` without a canary. */
function canaryIn(standing: Standing): Canary {
  const { canary } = standing.state;
  if (canary === null) throw refusal("conflict", standing, "no canary is under way");
  return canary;
}

/** The next step; behind the last one the canary is over. Throws Failure `conflict`. */
export function step(standing: Standing): SplitChange {
  const canary = canaryIn(standing);
  const { arm, steps, at } = canary;
  const next = at + 1;
  if (next >= steps.length) {
    const words = `${arm} has ${steps.at(-1)} % of the calls, and its canary is over`;
    return { event: "completed", arm, state: after(standing, { canary: null }), words };
  }
  const moved: Canary = { ...canary, at: next, state: "running" };
  return {
    event: "stepped",
    arm,
    state: weighted(standing, stepWeights(canary, next), { canary: moved }),
    words: `${arm} has ${steps[next]} % of the calls instead of ${steps[at]} %`,
  };
}

function pause(standing: Standing): SplitChange {
  const canary = canaryIn(standing);
  const { arm, steps, at } = canary;
  if (canary.state === "paused") {
    throw refusal("conflict", standing, "the canary is paused already");
  }
  return {
    event: "paused",
    arm,
    state: after(standing, { canary: { ...canary, state: "paused" } }),
    words: `the canary of ${arm} stays at ${steps[at]} %`,
  };
}

function resume(standing: Standing): SplitChange {
  const canary = canaryIn(standing);
  const { arm, steps, at } = canary;
  if (canary.state === "running") throw refusal("conflict", standing, "the canary is not paused");
  return {
    event: "resumed",
    arm,
    state: after(standing, { canary: { ...canary, state: "running" } }),
    words: `the canary of ${arm} goes on from ${steps[at]} %`,
  };
}

function abort(standing: Standing): SplitChange {
  const { arm, before } = canaryIn(standing);
  return {
    event: "aborted",
    arm,
    state: weighted(standing, before, { canary: null }),
    words: `the canary of ${arm} is over, and all weights are as before it`,
  };
}

/** The weights before the latest change. */
function undo(standing: Standing): SplitChange {
  const { split, state } = standing;
  if (state.canary !== null) return rollback(standing, state.canary.arm, null);
  if (state.before === null) throw refusal("conflict", standing, "its weights were never changed");
  const weights = weightsOf(split, { weights: state.before });
  return {
    event: "weighted",
    arm: null,
    state: weighted(standing, weights, { canary: null }),
    words: `back to ${weightsInWords(weights)}`,
  };
}

/**
 * Takes all calls from an arm; the others divide them as they do now, or as they did before the
 * canary. `why`: null where an administrator asks for it. Throws Failure `conflict` where no other
 * arm has had a weight, or the arm has none.
 */
export function rollback(standing: Standing, arm: string, why: string | null): SplitChange {
  const { split, state } = standing;
  checkArm(standing, arm);
  const now = weightsOf(split, state);
  if (now[arm] === 0) throw refusal("conflict", standing, `${arm} has no weight already`);
  const without = withoutArm(standing, arm);
  if (without === null) {
    throw refusal("conflict", standing, `no other arm than ${arm} has had a weight`);
  }
  const { weights, canary } = without;
  const rolledBack = [...new Set([...state.rolledBack, arm])];
  const next = { canary, rolledBack };
  return {
    event: "rolled_back",
    arm,
    state: weighted(standing, weights, next),
    words: `${arm} is rolled back${why === null ? "" : `: ${why}`}; ${weightsInWords(weights)}`,
  };
}

function reset(standing: Standing): SplitChange {
  const { split, state } = standing;
  if (state.weights === null && state.canary === null) {
    throw refusal("conflict", standing, "its weights are those of the configuration");
  }
  return {
    event: "reset",
    arm: null,
    state: weighted(standing, null, { canary: null }),
    words: `as configured: ${weightsInWords(configuredOf(split))}`,
  };
}

/** `quality 20 %, fast 80 %` */
const weightsInWords = (weights: Weights): string =>
  Object.keys(weights)
    .map((arm) => `${arm} ${percentOf(shareOf(weights, arm))}`)
    .join(", ");

const percentOf = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
