import { parseConfig } from "@sekisho/server/config/parse-config.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import { originOf, secretOf } from "../providers/read-call.ts";
import type { AliasPlan, GatewayPlan, PricePlan, TenantPlan } from "./scenario.ts";

const usd = (nanoUsd: number): number => nanoUsd / 1e9;

const provider = (name: string): object => ({
  kind: "openai-compatible",
  region: `region-of-${name}`,
  baseUrl: originOf(name),
  health: { regionFailures: null, quarantineMs: null },
  credentials: [{ id: "main", apiKey: `env:${variableOf(name)}` }],
});

const variableOf = (name: string): string => `KEY_OF_${name.toUpperCase()}`;

const price = ({ input, output, cacheRead }: PricePlan): object => ({
  inputUsdPerMillion: usd(input),
  outputUsdPerMillion: usd(output),
  cacheReadUsdPerMillion: usd(cacheRead),
});

const alias = ({ targets, attempts, breaker, timeouts, maxTokens }: AliasPlan): object => ({
  balance: "failover",
  targets: targets.map((target, priority) => ({ ...target, priority })),
  attempts,
  breaker,
  timeouts,
  defaults: { maxTokens },
});

const tenant = ({ keys, budgets, rate }: TenantPlan): object => ({
  keys: keys.map(({ id, secret }) => ({ id, secret })),
  budgets: budgets.map(({ window, limitNanoUsd }) => ({
    scope: "key",
    window,
    usd: usd(limitNanoUsd),
  })),
  rates: rate === null ? [] : [{ scope: "key", ...rate }],
});

const named = <Item extends { readonly name: string }>(
  items: readonly Item[],
  make: (item: Item) => object,
): object => Object.fromEntries(items.map((item) => [item.name, make(item)]));

/** The plan as an administrator would write it, read the way a file is read. */
export function gatewayConfig(plan: GatewayPlan): Config {
  const file = {
    providers: Object.fromEntries(plan.providers.map((name) => [name, provider(name)])),
    models: named(plan.aliases, alias),
    prices: { override: Object.fromEntries(plan.prices.map((each) => [each.model, price(each)])) },
    tenants: named(plan.tenants, tenant),
    retryBudget: { cap: 1_000_000, spendShare: null },
    streams: { flushMs: plan.flushMs },
  };
  const variables = Object.fromEntries(
    plan.providers.map((name) => [variableOf(name), secretOf(name)]),
  );
  const outcome = parseConfig(
    { name: "world.json", bytes: Buffer.from(JSON.stringify(file)) },
    { settings: [], variables, readFile: () => Buffer.alloc(0) },
  );
  if (outcome.ok) return outcome.value.config;
  throw new Error(outcome.problems.map(({ sentence }) => sentence).join("\n"));
}
