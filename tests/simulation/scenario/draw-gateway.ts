import type { Dice } from "../base/dice.ts";
import type {
  AliasPlan,
  BudgetPlan,
  GatewayPlan,
  PricePlan,
  TargetPlan,
  TenantPlan,
} from "./scenario.ts";

/** What an ordinary request may cost at most, about: budgets are drawn as multiples of it. */
const ordinaryTokens = { input: 300, output: 200 };

export function drawGateway(dice: Dice): GatewayPlan {
  const providers = names("p", dice.whole(2, 5));
  const prices = names("m", dice.whole(1, 3)).map((model) => drawPrice(model, dice));
  const targets = providers.flatMap((provider) =>
    prices.map(({ model }): TargetPlan => ({ provider, model })),
  );
  const aliases = names("a", dice.whole(3, 5)).map((name, index) =>
    drawAlias({ name, count: index === 0 ? 1 : dice.whole(1, 4) }, targets, dice),
  );
  const dearest = Math.max(...prices.map(ordinaryNanoUsd));
  return {
    providers,
    prices,
    aliases,
    tenants: drawTenants(dearest, dice),
    flushMs: dice.chance(0.3) ? dice.whole(10, 100) : 0,
  };
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

function drawPrice(model: string, dice: Dice): PricePlan {
  // No round numbers: rounding must show.
  const input = dice.magnitude(50_000_000, 5_000_000_000);
  const output = input * dice.whole(1, 5) + dice.whole(0, 999);
  return { model, input, output, cacheRead: Math.floor(input / dice.whole(2, 10)) };
}

const ordinaryNanoUsd = ({ input, output }: PricePlan): number =>
  Math.ceil((ordinaryTokens.input * input + ordinaryTokens.output * output) / 1e6);

function drawAlias(
  { name, count }: { readonly name: string; readonly count: number },
  targets: readonly TargetPlan[],
  dice: Dice,
): AliasPlan {
  const chosen = new Set<TargetPlan>();
  while (chosen.size < Math.min(count, targets.length)) chosen.add(dice.pick(targets));
  const backoffMs = dice.pick([100, 300, 1_000]);
  return {
    name,
    targets: [...chosen],
    attempts: { max: dice.pick([1, 2, 3, 3, 3, 4]), backoffMs, backoffMaxMs: 10 * backoffMs },
    breaker: {
      failures: dice.whole(2, 6),
      windowMs: dice.pick([10_000, 60_000]),
      openMs: dice.pick([1_000, 3_000, 8_000, 15_000]),
      successes: dice.whole(1, 2),
    },
    timeouts: {
      firstTokenMs: dice.pick([600, 2_000, 5_000, 10_000]),
      betweenTokensMs: dice.pick([1_000, 3_000, 10_000]),
      attemptMs: dice.pick([null, null, 3_000, 8_000, 15_000]),
      totalMs: dice.pick([4_000, 10_000, 20_000, 40_000]),
    },
    maxTokens: dice.pick([null, 64, 256, 1_024]),
  };
}

function drawTenants(ordinary: number, dice: Dice): TenantPlan[] {
  const budget = (window: BudgetPlan["window"], least: number, most: number): BudgetPlan => ({
    window,
    limitNanoUsd: Math.ceil(ordinary * dice.between(least, most)),
  });
  const slow = { requestsPerSecond: dice.pick([0.5, 1, 3]), burst: dice.whole(1, 4) };
  return [
    tenant("tight", 2, [
      budget("day", 0.3, 6),
      ...(dice.chance(0.5) ? [budget("month", 3, 12)] : []),
    ]),
    tenant("medium", 2, [budget("day", 10, 60)]),
    tenant("loose", 2, [budget("day", 10_000, 20_000), budget("month", 20_000, 40_000)]),
    tenant("free", 2, []),
    { ...tenant("slow", 1, []), rate: slow },
  ];
}

const tenant = (name: string, keys: number, budgets: readonly BudgetPlan[]): TenantPlan => ({
  name,
  keys: names(`${name}-`, keys).map((id) => ({ id, secret: `secret-of-key-${id}` })),
  budgets,
  rate: null,
});
