import type { ReactElement } from "react";
import type { ArmTimes, ArmView, SplitCommand, SplitView } from "@sekisho/wire/admin/splits.ts";
import { Bar } from "../parts/bar.tsx";
import { leastFor, type Percentiles } from "../parts/percentiles.ts";
import { useWording } from "../words/language.ts";
import { OrderButton } from "./order-button.tsx";

/** Times of an arm; what too few calls speak for is null (CON-2). */
export const firstTokenOf = ({ count: n, p50Ms, p95Ms, p99Ms }: ArmTimes): Percentiles => ({
  n,
  p50: n < leastFor.p50 ? null : p50Ms,
  p95: n < leastFor.p95 ? null : p95Ms,
  p99: n < leastFor.p99 ? null : p99Ms,
});

interface ArmProps {
  readonly arm: ArmView;
}

/** Name of an arm, and whether it was rolled back. */
export function ArmName({ arm }: ArmProps): ReactElement {
  const { splits } = useWording().words;
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <span className="min-w-0 truncate font-medium" title={arm.arm}>
        {arm.arm}
      </span>
      {arm.isRolledBack && (
        <span className="shrink-0 rounded bg-bad-soft px-1.5 text-xs text-bad">
          {splits.rolledBack}
        </span>
      )}
    </span>
  );
}

/** The share of the calls that an arm has; its weight is in the title. */
export function ArmShare({ arm }: ArmProps): ReactElement {
  const { words, figures } = useWording();
  const { weight, configuredWeight, share } = arm;
  const title = words.splits.weightOf(figures.rate(weight), figures.rate(configuredWeight));
  return (
    <span title={title}>
      {figures.percent(share)}
      <Bar share={share} />
    </span>
  );
}

/** The share of calls that failed; nothing where no call says anything of the arm. */
export function ArmErrors({ arm }: ArmProps): ReactElement {
  const { words, figures } = useWording();
  const { errors, errorRate, outcomes } = arm.figures;
  if (errors + outcomes.answered === 0) {
    return <span className="text-ink-3">{words.tiles.none}</span>;
  }
  const of = words.splits.errorsOf(
    figures.count(errors),
    figures.count(errors + outcomes.answered),
  );
  return (
    <span title={of} className={errors > 0 ? "text-bad" : ""}>
      {figures.percent(errorRate)}
    </span>
  );
}

/** What users have said: how many good, how many bad. */
export function ArmFeedback({ arm }: ArmProps): ReactElement {
  const { words, figures } = useWording();
  const { count, good, bad, averageScore } = arm.feedback;
  if (count === 0 || averageScore === null) {
    return <span className="text-ink-3">{words.tiles.none}</span>;
  }
  const title = words.splits.average(figures.rate(averageScore), figures.count(count));
  return (
    <span title={title} className="whitespace-nowrap">
      {words.splits.opinions(figures.count(good), figures.count(bad))}
    </span>
  );
}

export interface ArmsProps {
  readonly split: SplitView;
  /** Null for who may only look. */
  readonly ask: ((order: SplitCommand) => void) | null;
}

/**
 * Takes the calls of an arm from it, where it has some and another one can have them, and gives it
 * more of them step by step, where no canary is under way.
 */
export function ArmOrders({ arm, split, ask }: ArmProps & ArmsProps): ReactElement | null {
  const { splits } = useWording().words;
  const isCanary = split.canary?.arm === arm.arm;
  if (ask === null || (arm.share === 1 && !isCanary)) return null;
  return (
    <span className="inline-flex flex-wrap justify-end gap-x-4">
      {split.canary === null && (
        <OrderButton ask={() => ask({ command: "canary", arm: arm.arm })}>
          {splits.beginCanary}
        </OrderButton>
      )}
      {arm.share > 0 && (
        <OrderButton ask={() => ask({ command: "rollback", arm: arm.arm })}>
          {splits.rollback}
        </OrderButton>
      )}
    </span>
  );
}
