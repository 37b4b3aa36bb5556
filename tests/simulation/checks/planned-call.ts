import type { AliasPlan, GatewayPlan, PoolPlan, TargetPlan } from "../scenario/gateway-plan.ts";
import { isSameTarget, poolTargets, targetId, type PoolTarget } from "../scenario/pool-targets.ts";

/** A target that a plan must hold, and where. */
export interface PlannedTarget extends TargetPlan {
  /** The place of its pool among those of the chain. */
  readonly pool: number;
  readonly priority: number;
  /** Its place in the file. */
  readonly place: number;
  /** It rests, and is asked all the same, behind those that do not (RTE-15). */
  readonly inPanic: boolean;
}

/** What is known of targets when a call is planned. */
export interface PlanView {
  rests(pool: PoolPlan, target: TargetPlan): boolean;
  /** Does it rest by a circuit alone, its own or its region's? */
  isSick(pool: PoolPlan, target: TargetPlan): boolean;
  /** Does it take only a share of its calls yet? */
  isWarming(pool: PoolPlan, target: TargetPlan): boolean;
}

/** What a plan must hold, whatever the balancer makes of it (RTE-3, RTE-6). */
export interface PlannedCall {
  readonly alias: AliasPlan;
  readonly targets: readonly PlannedTarget[];
  /** Pools of which a target starts slowly: it, and they, may stand behind others. */
  readonly warming: ReadonlySet<number>;
  /** Targets that may have been passed over: they rested, or no retry was left for them. */
  readonly skipped: Set<string>;
}

export const noPlan = (alias: AliasPlan): PlannedCall => ({
  alias,
  targets: [],
  warming: new Set(),
  skipped: new Set(),
});

/** Those that are awake, in the order of their pools; all of them when none is. */
export function planCall(alias: AliasPlan, gateway: GatewayPlan, view: PlanView): PlannedCall {
  const all = alias.pools.map((pool, index) => ({
    pool,
    index,
    targets: poolTargets(pool, gateway),
  }));
  const kept = (isKept: (pool: PoolPlan, target: TargetPlan) => boolean): PlannedTarget[] => {
    const seen = new Set<string>();
    return all.flatMap(({ pool, index, targets }) =>
      targets.flatMap((target, place) => {
        const id = targetId(target);
        if (seen.has(id) || !isKept(pool, target)) return [];
        seen.add(id);
        return [{ ...target, pool: index, place, inPanic: false }];
      }),
    );
  };
  const awake = kept((pool, target) => !view.rests(pool, target));
  const panicking = isPanic(alias, all, view)
    ? kept((pool, target) => view.isSick(pool, target))
        .filter((each) => !awake.some((other) => isSameTarget(each, other)))
        .map((each) => ({ ...each, inPanic: true }))
    : [];
  const known = [...awake, ...panicking];
  const warming = all.filter(({ pool, targets }) =>
    targets.some((target) => view.isWarming(pool, target)),
  );
  return {
    alias,
    targets: known.length > 0 ? known : kept(() => true),
    warming: new Set(warming.map(({ index }) => index)),
    skipped: new Set(),
  };
}

interface PoolWithTargets {
  readonly pool: PoolPlan;
  readonly targets: readonly PoolTarget[];
}

/** Is less of the weight awake than the alias declares? */
function isPanic(
  { panicBelow }: AliasPlan,
  pools: readonly PoolWithTargets[],
  view: Pick<PlanView, "rests">,
): boolean {
  if (panicBelow === null) return false;
  let [all, awake] = [0, 0];
  for (const { pool, targets } of pools) {
    for (const target of targets) {
      all += target.weight;
      if (!view.rests(pool, target)) awake += target.weight;
    }
  }
  return awake / all < panicBelow;
}

export const placeIn = ({ targets }: PlannedCall, target: TargetPlan): PlannedTarget | undefined =>
  targets.find((each) => isSameTarget(each, target));

/** A pool keeps back an attempt for each of those behind it that has anybody. */
export function mostAttempts({ alias, targets }: PlannedCall, pool: number): number {
  // Those in panic are a list of their own behind the others.
  if (targets.some((each) => each.inPanic)) return targets.length;
  const behind = new Set(targets.filter((each) => each.pool > pool).map((each) => each.pool)).size;
  const own = targets.filter((each) => each.pool === pool).length;
  return behind === 0 ? own : Math.min(own, Math.max(1, alias.attempts.max - behind));
}
