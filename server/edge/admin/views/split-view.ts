import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";
import type { ArmFeedback } from "@sekisho/gateway/feedback/feedback.ts";
import { faults } from "@sekisho/gateway/arm-class.ts";
import type { ArmFigures } from "@sekisho/gateway/splits/arm-books.ts";
import type { ArmCounts } from "@sekisho/gateway/splits/over-limit.ts";
import { shareOf, weightsOf, type SplitState } from "@sekisho/gateway/splits/split-state.ts";
import {
  splitRanges,
  type ArmFeedbackView,
  type ArmFiguresView,
  type ArmOutcome,
  type ArmTimes,
  type CanaryView,
  type SplitRange,
  type SplitView,
} from "@sekisho/wire/admin/splits.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import type { AdminContext } from "../admin-context.ts";

const shownChanges = 20;

/** A split as administrators see it: what is in force, and what its arms came to in that time. */
export function splitView(
  split: SplitChoice,
  range: SplitRange,
  { splits, arms, feedback, clock }: Pick<AdminContext, "splits" | "arms" | "feedback" | "clock">,
): SplitView {
  const { split: name, sticky, rollback } = split;
  const state = splits.stateOf(name);
  const weights = weightsOf(split, state);
  const nowMs = clock.wallMs();
  const rangeMs = splitRanges[range];
  const sinceMs = rangeMs === null ? null : nowMs - rangeMs;
  const figures = arms.figures({ split: name, sinceMs });
  const opinions = feedback.ofArms(name, sinceMs ?? 0);
  const counts = arms.counts({ split: name, phase: state.phase, windowMs: 0, nowMs }).phase;
  return {
    split: name,
    phase: state.phase,
    sinceMs: state.phase === 0 ? null : state.sinceMs,
    sticky,
    isSetAtRunTime: state.weights !== null,
    rollback,
    canary: canaryView(split, state, counts),
    canarySteps: split.canary.steps,
    range,
    arms: split.arms.map(({ name: arm, weight: configuredWeight }) => ({
      arm,
      weight: weights[arm] ?? 0,
      configuredWeight,
      share: shareOf(weights, arm),
      isRolledBack: state.rolledBack.includes(arm),
      figures: figuresView(figures.find((each) => each.arm === arm)),
      feedback: feedbackView(opinions.find((each) => each.arm === arm)),
    })),
    changes: splits.latest(name, shownChanges),
  };
}

function canaryView(
  { canary: policy }: SplitChoice,
  { canary, sinceMs }: SplitState,
  counts: ReadonlyMap<string, ArmCounts>,
): CanaryView | null {
  if (canary === null) return null;
  const { arm, state, steps, at } = canary;
  const { answered = 0, failed = 0 } = counts.get(arm) ?? {};
  const { minRequests, minMs } = policy;
  return { arm, state, steps, at, sinceMs, requests: answered + failed, minRequests, minMs };
}

/** An arm that nobody has said anything of. */
const noFeedback: ArmFeedbackView = { count: 0, good: 0, bad: 0, averageScore: null };

const feedbackView = (found: ArmFeedback | undefined): ArmFeedbackView =>
  found === undefined
    ? noFeedback
    : { count: found.count, good: found.good, bad: found.bad, averageScore: found.averageScore };

const noTimes: ArmTimes = { count: 0, averageMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
const noOutcomes: Readonly<Record<ArmOutcome, number>> = {
  answered: 0,
  given: 0,
  refused: 0,
  left: 0,
  throttled: 0,
  timed_out: 0,
  failed: 0,
  lost: 0,
};

/** An arm that has had no call has no figures. */
function figuresView(figures: ArmFigures | undefined): ArmFiguresView {
  const outcomes = figures?.classes ?? noOutcomes;
  const errors = [...faults].reduce((sum, each) => sum + outcomes[each], 0);
  const said = outcomes.answered + errors;
  return {
    requests: figures?.requests ?? 0,
    outcomes,
    errors,
    errorRate: said === 0 ? 0 : errors / said,
    inputTokens: figures?.inputTokens ?? 0,
    outputTokens: figures?.outputTokens ?? 0,
    costNanoUsd: nanoUsdJson(figures?.costNanoUsd ?? 0n),
    firstToken: figures?.firstToken ?? noTimes,
    latency: figures?.latency ?? noTimes,
  };
}
