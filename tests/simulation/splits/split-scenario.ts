import type { CanaryPolicy, RollbackPolicy, Sticky } from "@sekisho/gateway/model-entry.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { SplitCommand } from "@sekisho/wire/admin/splits.ts";
import { Dice } from "../base/dice.ts";

export const splitName = "ab";

/** The time in which calls of an arm fail; null: those of all arms. */
export interface Spell {
  readonly arm: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly failing: number;
}

/** What an administrator asks of one of the processes. */
export interface OrderPlan {
  readonly atMs: number;
  readonly process: number;
  readonly order: SplitCommand;
}

export interface CrashPlan {
  readonly atMs: number;
  readonly process: number;
  readonly downMs: number;
}

/** Processes that serve one split, before they are played. */
export interface SplitScenario {
  readonly seed: number;
  readonly processes: number;
  readonly arms: Readonly<Record<string, number>>;
  readonly sticky: Sticky;
  readonly rollback: RollbackPolicy;
  readonly canary: CanaryPolicy;
  readonly perSecond: number;
  readonly subjects: number;
  /** Of requests, those that name nobody. */
  readonly anonymous: number;
  /** Of calls, those that the provider refuses as wrong: the client's fault. */
  readonly wrong: number;
  readonly spells: readonly Spell[];
  readonly orders: readonly OrderPlan[];
  readonly crashes: readonly CrashPlan[];
  readonly writerLatencyMs: number;
  readonly forMs: number;
}

const themes = { "good canary": 3, "bad canary": 3, "bad arm": 4, outage: 1, orders: 3 };

/** The world of a seed: one to three processes, and arms that fail or not. */
export function drawSplits(seed: number): SplitScenario {
  const dice = new Dice(new SeededRandom(seed)).fork("splits");
  const theme = dice.weighted(themes);
  const processes = dice.pick([1, 2, 2, 3]);
  const forMs = dice.between(35_000, 55_000);
  const names = ["one", "two", "three"].slice(0, dice.pick([2, 2, 3]));
  const isCanary = theme === "good canary" || theme === "bad canary";
  const [first = "one", second = "two"] = names;
  const canaryArm = dice.chance(0.5) ? first : second;
  const weightOf = (arm: string): number =>
    isCanary && arm === canaryArm ? 0 : dice.pick([1, 2, 10, 30]);
  return {
    seed,
    processes,
    arms: Object.fromEntries(names.map((arm) => [arm, weightOf(arm)])),
    sticky: dice.pick(["session", "session", "user", "none"]),
    ...drawPolicies(dice),
    perSecond: dice.between(8, 16),
    subjects: dice.whole(100, 300),
    anonymous: dice.pick([0, 0.2]),
    wrong: dice.pick([0, 0, 0.1]),
    spells: drawSpells(dice, { theme, names, canaryArm, forMs }),
    orders: [
      ...(isCanary ? [canaryOrder(canaryArm, dice)] : []),
      ...(theme === "orders" ? drawOrders(dice, names, forMs) : []),
    ],
    crashes: drawCrashes(dice, processes, forMs),
    writerLatencyMs: dice.pick([0, 1, 5]),
    forMs,
  };
}

function drawPolicies(dice: Dice): Pick<SplitScenario, "rollback" | "canary"> {
  return {
    rollback: {
      errorRate: 0.05,
      minRequests: dice.whole(8, 25),
      windowMs: dice.whole(8, 20) * 1_000,
      falseAlarm: dice.pick([0.15, 0.15, 1]),
      timesOthers: dice.pick([1.5, 1.5, 0]),
    },
    canary: {
      steps: dice.pick([
        [10, 50, 100],
        [20, 100],
        [5, 25, 60],
      ]),
      minRequests: dice.whole(5, 10),
      minMs: dice.whole(1, 4) * 1_000,
    },
  };
}

interface SpellsOf {
  readonly theme: keyof typeof themes;
  readonly names: readonly string[];
  readonly canaryArm: string;
  readonly forMs: number;
}

function drawSpells(dice: Dice, { theme, names, canaryArm, forMs }: SpellsOf): Spell[] {
  const failing = dice.pick([0.5, 0.8, 1]);
  const fromMs = dice.between(0, forMs / 3);
  switch (theme) {
    case "good canary":
      return [];
    case "bad canary":
      return [{ arm: canaryArm, fromMs, toMs: forMs, failing }];
    case "bad arm":
      return [{ arm: dice.pick(names), fromMs, toMs: forMs, failing }];
    case "outage":
      return [{ arm: null, fromMs, toMs: fromMs + dice.between(3_000, 20_000), failing }];
    case "orders":
      return dice.chance(0.5)
        ? [{ arm: dice.pick(names), fromMs, toMs: fromMs + dice.between(2_000, 20_000), failing }]
        : [];
  }
}

const canaryOrder = (arm: string, dice: Dice): OrderPlan => ({
  atMs: dice.between(1_000, 6_000),
  process: dice.whole(0, 2),
  order: { command: "canary", arm },
});

function drawOrders(dice: Dice, names: readonly string[], forMs: number): OrderPlan[] {
  const orders: readonly (() => SplitCommand)[] = [
    () => ({ command: "set", weights: { [dice.pick(names)]: dice.pick([0, 1, 5, 50]) } }),
    () => ({ command: "canary", arm: dice.pick(names) }),
    () => ({ command: dice.pick(["step", "pause", "resume", "abort", "reset"]) }),
    () => ({ command: "rollback", arm: dice.chance(0.4) ? null : dice.pick(names) }),
  ];
  const atMs = Array.from({ length: dice.whole(2, 8) }, () => dice.between(1_000, forMs));
  // Some come at the same time, to different processes.
  return atMs.map((at) => ({
    atMs: dice.chance(0.3) ? Math.round(at / 10_000) * 10_000 : at,
    process: dice.whole(0, 2),
    order: dice.pick(orders)(),
  }));
}

const drawCrashes = (dice: Dice, processes: number, forMs: number): CrashPlan[] =>
  Array.from({ length: dice.pick([0, 0, 1, 2]) }, () => ({
    atMs: dice.between(2_000, forMs - 5_000),
    process: dice.whole(0, processes - 1),
    downMs: dice.between(500, 4_000),
  }));
