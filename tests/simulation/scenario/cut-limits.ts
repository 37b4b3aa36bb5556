import type { BudgetPlan, MostPlan, TenantPlan } from "./gateway-plan.ts";
import type { Disturbance } from "./scenario.ts";

/** Limits that an administrator has lowered, for now. */
export type LimitsCut = Pick<Extract<Disturbance, { kind: "limits cut" }>, "tenant" | "share">;

/** Tenants with their limits as they are after these cuts. */
export const cutLimits = (
  tenants: readonly TenantPlan[],
  cuts: readonly LimitsCut[],
): readonly TenantPlan[] =>
  tenants.map((plan) => {
    const own = cuts.filter(({ tenant }) => tenant === plan.name);
    if (own.length === 0) return plan;
    const share = Math.min(...own.map((each) => each.share));
    const budgets = plan.budgets.map((budget) => ({ ...budget, most: partOf(budget.most, share) }));
    return { ...plan, budgets };
  });

/** The limits of each key. */
export const budgetsOfKeys = (
  tenants: readonly TenantPlan[],
): ReadonlyMap<string, readonly BudgetPlan[]> =>
  new Map(tenants.flatMap(({ keys, budgets }) => keys.map(({ id }) => [id, budgets] as const)));

function partOf({ nanoUsd, inputTokens, outputTokens }: MostPlan, share: number): MostPlan {
  const part = (most: number | null): number | null =>
    most === null ? null : Math.floor(most * share);
  return {
    nanoUsd: part(nanoUsd),
    inputTokens: part(inputTokens),
    outputTokens: part(outputTokens),
  };
}
