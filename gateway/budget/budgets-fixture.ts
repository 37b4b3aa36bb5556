import { Failure } from "@sekisho/lib/failure/failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Principal } from "../principal.ts";
import { nothing, type Amounts } from "../amounts.ts";
import type { BudgetAlert } from "../budget-alert.ts";
import type { BudgetLimit, Spender } from "./budget-limit.ts";
import { BudgetStoreFake } from "./budget-store-fixture.ts";
import { Budgets } from "./budgets.ts";

export const principal: Principal = {
  keyId: "k1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};

export const spender: Spender = { principal, attribution: { user: null, session: null } };

export const money = (nanoUsd: number): Amounts => ({ ...nothing, nanoUsd });

export const unlimited = { nanoUsd: null, inputTokens: null, outputTokens: null };

export const daily = (nanoUsd: number): BudgetLimit => ({
  scope: "key",
  window: "day",
  most: { ...unlimited, nanoUsd },
  alerts: [],
});

export function setUp(limit: number | readonly BudgetLimit[], store = new BudgetStoreFake()) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 23, 59, 0));
  const limits = typeof limit === "number" ? [daily(limit)] : limit;
  const keyLimits = { accounts: limits, request: null };
  const alerts: BudgetAlert[] = [];
  const budgets = new Budgets(
    clock,
    store,
    () => keyLimits,
    (alert) => alerts.push(alert),
  );
  return { clock, budgets, store, alerts };
}

export const refusalOf = (run: () => unknown): Failure => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};
