import { parseConfig } from "@sekisho/server/config/loading/parse-config.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import { originOf, secretOf } from "../providers/read-call.ts";
import type {
  AliasPlan,
  GatewayPlan,
  PoolPlan,
  PricePlan,
  ProviderPlan,
  TenantPlan,
} from "./gateway-plan.ts";

const usd = (nanoUsd: number): number => nanoUsd / 1e9;

const provider = ({ name, region, credentials, health }: ProviderPlan): object => ({
  kind: "openai-compatible",
  region,
  baseUrl: originOf(name),
  health,
  credentials: credentials.map((id) => ({ id, apiKey: `env:${variableOf(name, id)}` })),
});

const variableOf = (name: string, credential: string): string =>
  `KEY_OF_${name}_${credential}`.toUpperCase();

const price = ({ input, output, cacheRead }: PricePlan): object => ({
  inputUsdPerMillion: usd(input),
  outputUsdPerMillion: usd(output),
  cacheReadUsdPerMillion: usd(cacheRead),
});

function alias({ name, pools, attempts, totalMs, panicBelow }: AliasPlan): object {
  const [own] = pools;
  return own?.name === name
    ? { ...pool(own), attempts, panicBelow, timeouts: { ...own.timeouts, totalMs } }
    : { chain: pools.map((each) => each.name), attempts, panicBelow, timeouts: { totalMs } };
}

const pool = ({ balance, lines, breaker, maxTokens }: PoolPlan): object => ({
  balance,
  targets: lines,
  breaker,
  defaults: { maxTokens },
});

const tenant = ({ keys, budgets, rates }: TenantPlan): object => ({
  teams: { shop: {} },
  keys,
  budgets: budgets.map(({ scope, window, most: { nanoUsd, ...tokens } }) => ({
    scope,
    window,
    usd: nanoUsd === null ? null : usd(nanoUsd),
    ...tokens,
  })),
  rates,
});

const named = <Item extends { readonly name: string }>(
  items: readonly Item[],
  make: (item: Item) => object,
): object => Object.fromEntries(items.map((item) => [item.name, make(item)]));

/** The plan as an administrator would write it, read the way a file is read. */
export function gatewayConfig(plan: GatewayPlan, drained: readonly string[] = []): Config {
  const file = {
    providers: named(plan.providers, provider),
    models: named(plan.aliases, alias),
    prices: { override: Object.fromEntries(plan.prices.map((each) => [each.model, price(each)])) },
    tenants: named(plan.tenants, tenant),
    retryBudget: plan.retries,
    drained,
    streams: { flushMs: plan.flushMs },
  };
  const variables = Object.fromEntries(
    plan.providers.flatMap(({ name, credentials }) =>
      credentials.map((id) => [variableOf(name, id), secretOf(name, id)]),
    ),
  );
  const outcome = parseConfig(
    { name: "world.json", bytes: Buffer.from(JSON.stringify(file)) },
    { settings: [], variables, readFile: () => Buffer.alloc(0) },
  );
  if (outcome.ok) return outcome.value.config;
  throw new Error(outcome.problems.map(({ sentence }) => sentence).join("\n"));
}
