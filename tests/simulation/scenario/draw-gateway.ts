import type { Dice } from "../base/dice.ts";
import { drawAliases, drawProviders, drawRetries } from "./draw-pools.ts";
import type {
  AliasPlan,
  BudgetPlan,
  GatewayPlan,
  MostPlan,
  PricePlan,
  TenantPlan,
} from "./gateway-plan.ts";
import { names } from "./names.ts";

/** What an ordinary request may cost at most, about: budgets are drawn as multiples of it. */
const ordinaryTokens = { input: 300, output: 200 };

/** In a dear world few failed attempts waste the 10 USD that retries may waste at the start. */
const dearTimes = 200;

export function drawGateway(dice: Dice): GatewayPlan {
  const providers = drawProviders(dice.fork("providers"));
  const times = dice.chance(0.15) ? dearTimes : 1;
  const prices = names("m", dice.whole(1, 3)).map((model) => drawPrice(model, times, dice));
  const dearest = Math.max(...prices.map(ordinaryNanoUsd));
  const aliases = drawAliases(providers, prices, dice.fork("aliases"));
  return {
    providers,
    prices: withFree(prices, aliases, dice.fork("free")),
    aliases,
    retries: drawRetries(dice.fork("retries")),
    tenants: [...drawTenants(dearest, dice), ...drawPartly(dearest, dice.fork("partly"))],
    flushMs: dice.chance(0.3) ? dice.whole(10, 100) : 0,
  };
}

function drawPrice(model: string, times: number, dice: Dice): PricePlan {
  // No round numbers: rounding must show.
  const input = times * dice.magnitude(50_000_000, 5_000_000_000);
  const output = input * dice.whole(1, 5) + dice.whole(0, 999);
  return { model, input, output, cacheRead: Math.floor(input / dice.whole(2, 10)) };
}

/**
 * One of several models may be free, one that some alias has alone. Drawn apart: what else is drawn
 * stays as it was.
 */
function withFree(
  prices: readonly PricePlan[],
  aliases: readonly AliasPlan[],
  dice: Dice,
): readonly PricePlan[] {
  const alone = aliases.flatMap(({ pools }) => {
    const models = new Set(pools.flatMap(({ lines }) => lines.map(({ model }) => model)));
    return models.size === 1 ? [...models] : [];
  });
  if (prices.length === 1 || alone.length === 0 || !dice.chance(0.6)) return prices;
  const free = dice.pick(alone);
  const nothing = { input: 0, output: 0, cacheRead: 0 };
  return prices.map((price) => (price.model === free ? { ...price, ...nothing } : price));
}

/** Money is limited for sessions, rules or teams alone, and some of its calls have none. */
function drawPartly(ordinary: number, dice: Dice): TenantPlan[] {
  if (!dice.chance(0.4)) return [];
  const limit = (scope: "session" | "rule" | "team"): BudgetPlan => ({
    scope,
    window: scope === "session" ? null : "day",
    most: { ...unlimited, nanoUsd: Math.ceil(ordinary * dice.between(0.5, 20)) },
  });
  const others = (["rule", "team"] as const).filter(() => dice.chance(0.5));
  const scopes = [
    ...others,
    ...(others.length === 0 || dice.chance(0.5) ? (["session"] as const) : []),
  ];
  return [tenant("partly", 2, scopes.map(limit))];
}

const ordinaryNanoUsd = ({ input, output }: PricePlan): number =>
  Math.ceil((ordinaryTokens.input * input + ordinaryTokens.output * output) / 1e6);

function drawTenants(ordinary: number, dice: Dice): TenantPlan[] {
  const budget = (window: BudgetPlan["window"], least: number, most: number): BudgetPlan => ({
    scope: "key",
    window,
    most: { ...unlimited, nanoUsd: Math.ceil(ordinary * dice.between(least, most)) },
  });
  const shared = (scope: BudgetPlan["scope"], times: number): BudgetPlan => ({
    scope,
    window: scope === "session" ? null : "day",
    most: drawTokens(times, dice),
  });
  const slow = { requestsPerSecond: dice.pick([0.5, 1, 3]), burst: dice.whole(1, 4) };
  return [
    tenant("tight", 2, [
      budget("day", 0.3, 6),
      ...(dice.chance(0.5) ? [budget("month", 3, 12)] : []),
    ]),
    tenant("medium", 2, [budget("day", 10, 60)]),
    tenant("levels", 3, [
      shared("session", dice.between(0.5, 6)),
      shared("team", dice.between(3, 30)),
      { ...budget("month", 10, 60), scope: "tenant" },
      ...(dice.chance(0.5) ? [budget("day", 5, 30)] : []),
    ]),
    tenant("loose", 2, [budget("day", 10_000, 20_000), budget("month", 20_000, 40_000)]),
    tenant("free", 2, []),
    {
      ...tenant("slow", 1, [budget("day", 0.3, 6)]),
      rates: [
        { scope: "key", ...slow, tokensPerMinute: 20_000 },
        { scope: "tenant", concurrent: 2 },
      ],
    },
  ];
}

const unlimited = { nanoUsd: null, inputTokens: null, outputTokens: null };

const drawTokens = (times: number, dice: Dice): MostPlan => ({
  nanoUsd: null,
  inputTokens: dice.chance(0.7) ? Math.ceil(times * ordinaryTokens.input) : null,
  outputTokens: Math.ceil(times * ordinaryTokens.output),
});

const tenant = (name: string, keys: number, budgets: readonly BudgetPlan[]): TenantPlan => ({
  name,
  keys: names(`${name}-`, keys).map((id, index) => ({
    id,
    secret: `secret-of-key-${id}`,
    // The last of several belongs to nobody's team.
    team: index < keys - 1 ? "shop" : null,
  })),
  budgets,
  rates: [],
});
