import {
  configuredOf,
  sumOf,
  sumWithout,
  weightsOf,
  type Canary,
  type ChangedSplit,
  type SplitState,
  type Weights,
} from "./split-state.ts";

/** The weights of a step: the others divide the rest as they did before. */
export function stepWeights({ arm, steps, before }: Canary, at: number): Weights {
  const percent = steps[at] ?? 100;
  const others = sumWithout(before, arm);
  return Object.fromEntries(
    Object.entries(before).map(([name, weight]) => [
      name,
      name === arm ? percent : rounded(((100 - percent) * weight) / others),
    ]),
  );
}

/** People read it. */
const rounded = (weight: number): number => Math.round(weight * 1e6) / 1e6;

/** What is left of weights and canary where an arm has none; null where nobody has one then. */
export function withoutArm(
  { split, state }: { readonly split: Pick<ChangedSplit, "arms">; readonly state: SplitState },
  arm: string,
): { readonly weights: Weights; readonly canary: Canary | null } | null {
  const { canary } = state;
  if (canary !== null && canary.arm !== arm) {
    const before = { ...canary.before, [arm]: 0 };
    const left = { ...canary, before };
    // Where it has nobody beside it any more, the canary is over, and has all calls.
    if (sumWithout(before, canary.arm) > 0) {
      return { weights: stepWeights(left, canary.at), canary: left };
    }
  }
  // Those that were rolled back do not come back for that another one fails.
  const isGone = (name: string): boolean => name === arm || state.rolledBack.includes(name);
  const gone = split.arms.filter(({ name }) => isGone(name));
  const none = Object.fromEntries(gone.map(({ name }) => [name, 0]));
  const known = [canary?.arm === arm ? canary.before : null, weightsOf(split, state)];
  const weights = [...known, state.before, configuredOf(split)]
    .map((each) => (each === null ? {} : { ...weightsOf(split, { weights: each }), ...none }))
    .find((each) => sumOf(each) > 0);
  return weights === undefined ? null : { weights, canary: null };
}
