import type { ModelEntry } from "../model-entry.ts";
import type { PlanReason } from "../plan.ts";
import type { Target } from "../target.ts";
import type { OrderView } from "./plan-order.ts";
import { ignoredInPanic } from "./pulse.ts";

/** Whose health is at stake. */
interface Sick {
  readonly usable: readonly Target[];
  readonly awake: readonly Target[];
  readonly view: OrderView;
  readonly reasons: PlanReason[];
}

/**
 * Targets whose circuits are open, and to which a critical call may go all the same, since less of
 * the weight is healthy than its entry declares (RTE-15). None where nothing is declared.
 */
export function panicTargets(
  { steering }: Pick<ModelEntry, "steering">,
  { isCritical }: { readonly isCritical: boolean },
  { usable, awake, view: { health, nowMs }, reasons }: Sick,
): readonly Target[] {
  const below = steering?.panicBelow ?? null;
  if (below === null || !isCritical) return [];
  const healthyShare = weightOf(awake) / weightOf(usable);
  if (healthyShare >= below) return [];
  // Another pool may rest the same place by another policy: it is asked once (RTE-6).
  const awakeIds = new Set(awake.map(({ id }) => id));
  const targets = usable.filter((target) => {
    const rest = awakeIds.has(target.id) ? null : health.restOf(target, nowMs);
    return rest !== null && ignoredInPanic.has(rest.cause);
  });
  if (targets.length > 0) reasons.push({ kind: "panic", healthyShare, targets });
  return targets;
}

const weightOf = (targets: readonly Target[]): number =>
  targets.reduce((sum, { weight }) => sum + weight, 0);
