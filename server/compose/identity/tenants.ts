import type {
  BudgetLimit,
  KeyLimits,
  LimitsOf,
  RequestLimit,
} from "@sekisho/gateway/budget/budget-limit.ts";
import type { RateLimit, RatesOf } from "@sekisho/gateway/limits/rate-limit.ts";
import { nanoUsd } from "../../config/nano-usd.ts";
import type { Config } from "../../config/schema.ts";

/** What a key may send when its tenant says nothing of requests of keys (MON-13). */
const usualRequests = { perSecond: 100, burst: 200 };

const usualRates: readonly RateLimit[] = [
  { scope: "key", requests: usualRequests, tokensPerMinute: null, concurrent: null },
];

const noLimits: KeyLimits = { accounts: [], request: null };

/** The rates of each key: its tenant's, with an account for every owner. */
export function ratesOf(config: Config): RatesOf {
  const rates = new Map(
    Object.entries(config.tenants).map(([tenant, each]) => [tenant, ratesOfTenant(each)]),
  );
  return (principal) => rates.get(principal.tenant) ?? usualRates;
}

function ratesOfTenant({ rates }: Config["tenants"][string]): readonly RateLimit[] {
  const limits = rates.map(
    ({ scope, requestsPerSecond: perSecond, burst, tokensPerMinute, concurrent }): RateLimit => {
      const usual = scope === "key" ? usualRequests : null;
      const requests = perSecond === null ? usual : { perSecond, burst };
      return { scope, requests, tokensPerMinute, concurrent };
    },
  );
  return limits.some(({ scope }) => scope === "key") ? limits : [...limits, ...usualRates];
}

/** The limits of each key: its tenant's, and what each of its calls must fit. */
export function limitsOf(config: Config): LimitsOf {
  const limits = new Map(
    Object.entries(config.tenants).map(([tenant, { budgets }]) => [tenant, keyLimits(budgets)]),
  );
  return ({ tenant, requestBudget }) => {
    const own = limits.get(tenant);
    // A name that is in no configuration any more takes nothing away of the tenant's own limits.
    return own?.get(requestBudget) ?? own?.get(null) ?? noLimits;
  };
}

type BudgetConfig = Config["tenants"][string]["budgets"][number];

/** By the name of the request's budget: the same objects for as long as the configuration lasts. */
function keyLimits(budgets: readonly BudgetConfig[]): ReadonlyMap<string | null, KeyLimits> {
  const accounts = budgets.flatMap((budget) => accountLimit(budget) ?? []);
  const requests = budgets.filter(({ scope }) => scope === "request").map(requestLimit);
  return new Map<string | null, KeyLimits>([
    [null, { accounts, request: null }],
    ...requests.map((request) => [request.name, { accounts, request }] as const),
  ]);
}

function accountLimit(budget: BudgetConfig): BudgetLimit | null {
  const { scope, window, usd, inputTokens, outputTokens, alerts } = budget;
  if (scope === "request") return null;
  const most = { nanoUsd: usd === null ? null : nanoUsd(usd), inputTokens, outputTokens };
  return { scope, window, most, alerts: alerts.toSorted((a, b) => a - b) };
}

const requestLimit = (budget: BudgetConfig): RequestLimit => ({
  name: budget.name ?? "",
  inputTokens: budget.inputTokens,
  outputTokens: budget.outputTokens,
  totalTokens: budget.totalTokens,
  // The schema has refused what is no whole number of nano-USD.
  nanoUsd: budget.usd === null ? null : nanoUsd(budget.usd),
});
