import type { BudgetLimit, LimitsOf } from "@sekisho/gateway/budget/budget-limit.ts";
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

/** The limits of each key: its tenant's, with an account for every owner. */
export function limitsOf(config: Config): LimitsOf {
  const limits = new Map(
    Object.entries(config.tenants).map(([tenant, { budgets }]) => [
      tenant,
      budgets.map(({ scope, window, usd, inputTokens, outputTokens, alerts }) => ({
        scope,
        window,
        // The schema has refused what is no whole number of nano-USD.
        most: { nanoUsd: usd === null ? null : nanoUsd(usd), inputTokens, outputTokens },
        alerts: alerts.toSorted((a, b) => a - b),
      })),
    ]),
  );
  return (principal) => limits.get(principal.tenant) ?? noLimits;
}
