import type { BalanceKind } from "@sekisho/lib/resilience/balance.ts";
import type { Dice } from "../base/dice.ts";
import type {
  AliasPlan,
  BreakerPlan,
  PoolPlan,
  PricePlan,
  ProviderPlan,
  RetryPlan,
  TargetLine,
} from "./gateway-plan.ts";
import { names } from "./names.ts";

const balances = {
  failover: 5,
  "round-robin": 3,
  weighted: 3,
  p2c: 2,
  "least-busy": 2,
  cheapest: 2,
} as const satisfies Record<BalanceKind, number>;

/** One region after the other of one vendor after the other, and what their operator sets. */
export function drawProviders(dice: Dice): ProviderPlan[] {
  const regions = ["east", "west", "north"];
  return names("v", dice.whole(1, 3)).flatMap((vendor) => {
    const first = dice.whole(0, regions.length - 1);
    return Array.from({ length: dice.whole(1, regions.length) }, (_, index): ProviderPlan => {
      const region = regions[(first + index) % regions.length] ?? "";
      return {
        name: `${vendor}${region}`,
        region,
        credentials: names("c", dice.pick([1, 1, 1, 2, 2, 3])),
        health: {
          regionFailures: dice.pick([null, 2, 3, 5, 5]),
          regionModels: dice.whole(1, 2),
          regionOpenMs: dice.pick([1_000, 5_000, 20_000, 60_000]),
          quarantineMs: dice.pick([null, 2_000, 10_000, 60_000]),
        },
      };
    });
  });
}

/** An alias before it is drawn whether it panics. */
type CalmAlias = Omit<AliasPlan, "panicBelow">;

/** Pools, and chains over them. */
export function drawAliases(
  providers: readonly ProviderPlan[],
  prices: readonly PricePlan[],
  dice: Dice,
): AliasPlan[] {
  const lines = providers.flatMap(({ name: provider, credentials }) =>
    prices.map(({ model }): TargetLine => ({
      provider,
      model,
      credential: dice.chance(0.3) ? dice.pick(credentials) : null,
      weight: dice.whole(1, 3),
      priority: 0,
    })),
  );
  const pools = names("a", dice.whole(3, 4)).map((name, index) =>
    drawPool(name, index === 0 ? [soleLine(lines, providers, dice)] : drawLines(lines, dice), dice),
  );
  const own = pools.map((pool): CalmAlias => ({ name: pool.name, pools: [pool], ...trying(dice) }));
  // Drawn apart: what else is drawn stays as it was.
  const panic = dice.fork("panic");
  const chains = names("chain", dice.whole(0, 2)).map((name): CalmAlias => ({
    name,
    pools: drawLinks(pools, dice),
    ...trying(dice),
  }));
  return [...own, ...chains].map((each) => ({ ...each, panicBelow: drawPanic(panic) }));
}

/** One target in all: the only one is tried again. */
function soleLine(
  lines: readonly TargetLine[],
  providers: readonly ProviderPlan[],
  dice: Dice,
): TargetLine {
  const line = dice.pick(lines);
  const first = providers.find(({ name }) => name === line.provider)?.credentials[0] ?? null;
  return { ...line, credential: line.credential ?? first };
}

function drawLines(lines: readonly TargetLine[], dice: Dice): TargetLine[] {
  const chosen = drawSome(lines, dice.whole(1, 4), dice);
  const hasPriorities = dice.chance(0.3);
  return chosen.map((line) => ({ ...line, priority: hasPriorities ? dice.whole(0, 1) : 0 }));
}

const drawLinks = (pools: readonly PoolPlan[], dice: Dice): PoolPlan[] =>
  drawSome(pools, dice.whole(2, 3), dice);

function drawSome<T>(list: readonly T[], count: number, dice: Dice): T[] {
  const chosen = new Set<T>();
  while (chosen.size < Math.min(count, list.length)) chosen.add(dice.pick(list));
  return [...chosen];
}

const drawPool = (name: string, lines: readonly TargetLine[], dice: Dice): PoolPlan => ({
  name,
  balance: dice.weighted(balances),
  lines,
  breaker: drawBreaker(dice),
  timeouts: {
    firstTokenMs: dice.pick([600, 2_000, 5_000, 10_000]),
    betweenTokensMs: dice.pick([1_000, 3_000, 10_000]),
    attemptMs: dice.pick([null, null, 3_000, 8_000, 15_000]),
  },
  maxTokens: dice.pick([null, 64, 256, 1_024]),
});

const drawBreaker = (dice: Dice): BreakerPlan => ({
  failures: dice.whole(2, 6),
  failureShare: dice.pick([0.2, 0.5, 0.5, 0.5, 0.8]),
  burstWindowMs: dice.pick([1_000, 3_000, 3_000, 10_000]),
  windowMs: dice.pick([10_000, 60_000]),
  openMs: dice.pick([1_000, 3_000, 8_000, 15_000]),
  openMaxMs: dice.pick([15_000, 40_000, 600_000]),
  openGrowth: dice.pick([1, 1.5, 2, 2]),
  successes: dice.whole(1, 2),
  countThrottling: dice.chance(0.2),
});

const drawPanic = (dice: Dice): number | null =>
  dice.chance(0.3) ? dice.pick([0.3, 0.5, 0.5, 1]) : null;

function trying(dice: Dice): Pick<AliasPlan, "attempts" | "totalMs"> {
  const backoffMs = dice.pick([100, 300, 1_000]);
  return {
    attempts: { max: dice.pick([1, 2, 3, 3, 3, 4]), backoffMs, backoffMaxMs: 10 * backoffMs },
    totalMs: dice.pick([4_000, 10_000, 20_000, 40_000]),
  };
}

/** Mostly enough, sometimes hardly anything. */
export const drawRetries = (dice: Dice): RetryPlan => ({
  cap: dice.pick([0, 2, 5, 20, 100, 100, 1_000]),
  perCall: dice.pick([0, 0.1, 0.1, 0.5]),
  floor: dice.pick([0, 1, 3, 3]),
  floorWindowMs: dice.pick([1_000, 10_000]),
  spendShare: dice.pick([null, 0, 0.05, 0.05]),
});
