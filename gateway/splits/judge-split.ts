import type { CanaryPolicy, RollbackPolicy, SplitChoice } from "../model-entry.ts";
import { isOver, rateOf, totalOf, type ArmCounts } from "./over-limit.ts";
import { weightsOf, type SplitState } from "./split-state.ts";
import { withoutArm } from "./without-arm.ts";

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
 * Why an arm is to go: more of its calls fail than the limit allows, be it the only one that had
 * enough of them. It stays where those that would have its calls are shown to fail as well, however
 * few they had: what all arms share is no arm's own. The step of a canary counts as a whole too:
 * few calls may fill no window.
 */
function faultOf(
  arm: string,
  arms: readonly string[],
  { rollback, state, counts }: Evidence,
): Fault | null {
  const { errorRate, minRequests, windowMs } = rollback;
  const views = [{ view: counts.window, when: `in ${inSeconds(windowMs)}` }];
  if (state.canary?.arm === arm) views.push({ view: counts.phase, when: "in this step" });
  const ofPhase = totalOf(counts.phase.get(arm) ?? nothing);
  for (const { view, when } of views) {
    const own = view.get(arm) ?? nothing;
    const total = totalOf(own);
    if (total < minRequests || !isOver(own, rollback, ofPhase / total)) continue;
    const theirs = arms
      .filter((each) => each !== arm)
      .reduce((sum, each) => plus(sum, view.get(each) ?? nothing), nothing);
    if (isShared(own, theirs, rollback)) continue;
    const limit = `over ${inPercent(errorRate)}`;
    const besides =
      totalOf(theirs) === 0 ? "" : `, ${inPercent(rateOf(theirs))} of those of the others`;
    const found = `${own.failed} of ${total} calls ${when} failed`;
    const rate = rateOf(own);
    return { arm, rate, why: `${found} (${inPercent(rate)}, ${limit}${besides})` };
  }
  return null;
}

/** Do the others fail as well, so that an arm is not much worse than they are? */
const isShared = (own: ArmCounts, others: ArmCounts, rollback: RollbackPolicy): boolean =>
  rateOf(own) < rateOf(others) * rollback.timesOthers && isOver(others, rollback);

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

const plus = (one: ArmCounts, other: ArmCounts): ArmCounts => ({
  answered: one.answered + other.answered,
  failed: one.failed + other.failed,
});

const inPercent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

const inSeconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
