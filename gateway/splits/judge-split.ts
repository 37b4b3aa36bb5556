import type { CanaryPolicy, RollbackPolicy, SplitChoice } from "../model-entry.ts";
import { weightsOf, type SplitState } from "./split-state.ts";
import { withoutArm } from "./without-arm.ts";

/** Calls of an arm that say something of it: those that were answered, and those that failed. */
export interface ArmCounts {
  readonly answered: number;
  readonly failed: number;
}

/** What the arms have done. An arm that is not named has done nothing. */
export interface SplitCounts {
  /** Within the window of the policy, under the weights that are in force. */
  readonly window: ReadonlyMap<string, ArmCounts>;
  /** Since these weights came into force. */
  readonly phase: ReadonlyMap<string, ArmCounts>;
}

/** What is to become of a split without an administrator. */
export type Verdict =
  | { readonly kind: "rollback"; readonly arm: string; readonly why: string }
  | { readonly kind: "step" };

export interface JudgedSplit {
  readonly split: Pick<SplitChoice, "arms" | "rollback" | "canary">;
  readonly state: SplitState;
  readonly counts: SplitCounts;
  readonly nowMs: number;
}

const nothing: ArmCounts = { answered: 0, failed: 0 };

/**
 * Is an arm to be rolled back, or a canary to take its next step (RTE-4)? Pure; null: neither. Of
 * several arms that are to go the worst goes, and the others are judged anew without it. Under a
 * canary it alone is judged: else what is new would have all calls at once.
 */
export function judgeSplit({ split, state, counts, nowMs }: JudgedSplit): Verdict | null {
  const { rollback, canary } = split;
  const weights = weightsOf(split, state);
  const arms = split.arms.map(({ name }) => name).filter((name) => (weights[name] ?? 0) > 0);
  if (rollback !== null && arms.length > 0) {
    const canaryArm = arms.find((arm) => arm === state.canary?.arm);
    // A canary that the configuration has no arm for any more leaves nobody unjudged.
    const judged = canaryArm === undefined ? arms : [canaryArm];
    const bad = judged
      .flatMap((arm) => faultOf(arm, arms, { rollback, state, counts }) ?? [])
      // Where nobody is left to have its calls, an arm keeps them.
      .filter(({ arm }) => withoutArm({ split, state }, arm) !== null)
      .toSorted((one, other) => other.rate - one.rate);
    const [worst] = bad;
    if (worst !== undefined) return { kind: "rollback", arm: worst.arm, why: worst.why };
  }
  return isStepDue(canary, { rollback, state, counts, nowMs }) ? { kind: "step" } : null;
}

interface Fault {
  readonly arm: string;
  readonly rate: number;
  readonly why: string;
}

interface Evidence {
  readonly rollback: RollbackPolicy;
  readonly state: SplitState;
  readonly counts: SplitCounts;
}

/**
 * Why an arm is to go: its calls fail by more than the limit, and by more than those of the arms
 * that would have them then, which have had enough of them to say so: calls are not sent where
 * nobody knows that it is better. The step of a canary counts as a whole too: few calls may fill no
 * window.
 */
function faultOf(
  arm: string,
  arms: readonly string[],
  { rollback, state, counts }: Evidence,
): Fault | null {
  const { errorRate, minRequests, windowMs, timesOthers } = rollback;
  const views = [{ view: counts.window, when: `in ${inSeconds(windowMs)}` }];
  if (state.canary?.arm === arm) views.push({ view: counts.phase, when: "in this step" });
  for (const { view, when } of views) {
    const own = view.get(arm) ?? nothing;
    const rate = rateOf(own);
    if (totalOf(own) < minRequests || rate <= errorRate) continue;
    const others = arms.filter((each) => each !== arm);
    const theirs = others.reduce((sum, each) => plus(sum, view.get(each) ?? nothing), nothing);
    // Those that would come back from before have had nothing to say of late.
    const isCompared = others.length > 0 && timesOthers > 0;
    if (isCompared && totalOf(theirs) < minRequests) continue;
    if (isCompared && rate < rateOf(theirs) * timesOthers) continue;
    const limit = `over ${inPercent(errorRate)}`;
    const besides = isCompared ? `, ${inPercent(rateOf(theirs))} of those of the others` : "";
    const found = `${own.failed} of ${totalOf(own)} calls ${when} failed`;
    return { arm, rate, why: `${found} (${inPercent(rate)}, ${limit}${besides})` };
  }
  return null;
}

/** Where nobody set a limit, a canary that fails more often than this waits for somebody. */
const usualErrorRate = 0.05;

function isStepDue(
  { minRequests, minMs }: CanaryPolicy,
  {
    rollback,
    state,
    counts,
    nowMs,
  }: Omit<Evidence, "rollback"> &
    Pick<JudgedSplit, "nowMs"> & {
      readonly rollback: RollbackPolicy | null;
    },
): boolean {
  const { canary, sinceMs } = state;
  if (canary?.state !== "running" || nowMs - sinceMs < minMs) return false;
  const own = counts.phase.get(canary.arm) ?? nothing;
  return totalOf(own) >= minRequests && rateOf(own) <= (rollback?.errorRate ?? usualErrorRate);
}

const totalOf = ({ answered, failed }: ArmCounts): number => answered + failed;

const rateOf = (counts: ArmCounts): number =>
  totalOf(counts) === 0 ? 0 : counts.failed / totalOf(counts);

const plus = (one: ArmCounts, other: ArmCounts): ArmCounts => ({
  answered: one.answered + other.answered,
  failed: one.failed + other.failed,
});

const inPercent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

const inSeconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
