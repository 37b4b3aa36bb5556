import type { BudgetLimit, LimitsOf } from "@sekisho/gateway/budget/budgets.ts";
import type { RequestRate } from "@sekisho/gateway/limits/request-rates.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { nanoUsd } from "../config/nano-usd.ts";
import type { Config } from "../config/schema.ts";

/** What a key may send when its tenant says nothing (MON-13). */
const defaultRate: RequestRate = { requestsPerSecond: 100, burst: 200 };

const noLimits: readonly BudgetLimit[] = [];

/** The rate of each key: its tenant's. */
export function rateOf(config: Config): (principal: Principal) => RequestRate {
  const rates = new Map(
    Object.entries(config.tenants).flatMap(
      ([
        tenant,
        {
          rates: [rate],
        },
      ]) => (rate === undefined ? [] : [[tenant, rate] as const]),
    ),
  );
  return (principal) => rates.get(principal.tenant) ?? defaultRate;
}

/** The money limits of each key: its tenant's, an account for every key. */
export function limitsOf(config: Config): LimitsOf {
  const limits = new Map(
    Object.entries(config.tenants).map(([tenant, { budgets }]) => [
      tenant,
      budgets.map(({ scope, window, usd }) => ({
        scope,
        window,
        // The schema has refused what is no whole number of nano-USD.
        limitNanoUsd: nanoUsd(usd) ?? 0,
      })),
    ]),
  );
  return (principal) => limits.get(principal.tenant) ?? noLimits;
}
