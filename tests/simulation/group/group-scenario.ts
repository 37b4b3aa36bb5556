import type { Amounts } from "@sekisho/gateway/amounts.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Dice } from "../base/dice.ts";

/** What each owner of a kind may spend, in all; null: not limited. */
export interface GroupLimit {
  readonly scope: "tenant" | "team" | "key" | "rule" | "session";
  readonly nanoUsd: number | null;
  readonly outputTokens: number | null;
}

export interface GroupTenant {
  readonly name: string;
  readonly keys: readonly string[];
  readonly limits: readonly GroupLimit[];
  /** Whose its calls are; of several, they are tokens of one issuer, which share a key. */
  readonly teams: readonly (string | null)[];
}

/** One call: when, where, and what it asks for and comes to. */
export interface GroupCall {
  readonly n: number;
  readonly atMs: number;
  /** Of those that live it is this one, counted round. */
  readonly replica: number;
  readonly tenant: number;
  readonly key: string;
  readonly team: string | null;
  readonly session: string | null;
  readonly rule: string | null;
  readonly reserved: Amounts;
  readonly spent: Amounts;
  readonly holdMs: number;
}

export type GroupDisturbance = { readonly atMs: number; readonly replica: number } & (
  | { readonly kind: "crash" | "power cut"; readonly downMs: number }
  | {
      readonly kind: "writer pauses" | "writer fails" | "process stops";
      readonly forMs: number;
    }
  | { readonly kind: "wall clock steps"; readonly byMs: number }
  /** A tenant's limits are a share of what they were, for a while and in all processes. */
  | {
      readonly kind: "limits cut";
      readonly tenant: number;
      readonly share: number;
      readonly forMs: number;
    }
);

/** Processes that share the books, before they are played. */
export interface GroupScenario {
  readonly seed: number;
  readonly replicas: number;
  readonly tenants: readonly GroupTenant[];
  readonly calls: readonly GroupCall[];
  readonly disturbances: readonly GroupDisturbance[];
  readonly writerLatencyMs: number;
  readonly healMs: number;
  /** Shares of each limit at which somebody is told; none in most worlds. */
  readonly alerts: readonly number[];
}

/** What most calls reserve at most: limits are drawn as multiples of it. */
const ordinary = { nanoUsd: 1_000_000, outputTokens: 500 };

/** The world of a seed: one to three processes, and budgets of all sizes. */
export function drawGroup(seed: number): GroupScenario {
  const dice = new Dice(new SeededRandom(seed)).fork("group");
  const replicas = dice.pick([1, 2, 2, 2, 3, 3]);
  const healMs = dice.between(15_000, 60_000);
  const tenants = [...drawTenants(dice.fork("tenants")), ...drawPartly(dice.fork("partly"))];
  return {
    seed,
    replicas,
    tenants,
    calls: drawCalls(tenants, { replicas, healMs }, dice.fork("calls")),
    disturbances: [
      ...drawDisturbances(replicas, healMs, dice.fork("disturbances")),
      ...drawStops(replicas, healMs, dice.fork("stops")),
      ...drawCuts(tenants.length, healMs, dice.fork("cuts")),
    ].toSorted((a, b) => a.atMs - b.atMs),
    writerLatencyMs: dice.pick([0.1, 0.1, 1, 10]),
    healMs,
    alerts: dice.fork("alerts").chance(0.3) ? [0.2, 0.5, 1] : [],
  };
}

const limitsBy =
  (dice: Dice) =>
  (scope: GroupLimit["scope"], least: number, most: number): GroupLimit => ({
    scope,
    nanoUsd: Math.floor(ordinary.nanoUsd * dice.magnitude(least, most)),
    outputTokens: dice.chance(0.3)
      ? Math.floor(ordinary.outputTokens * dice.magnitude(least, most))
      : null,
  });

/** Limits that are those of some calls alone, and teams that share a key. */
function drawPartly(dice: Dice): GroupTenant[] {
  if (!dice.chance(0.5)) return [];
  const limit = limitsBy(dice);
  const limits = [limit("team", 5, 200), limit("rule", 2, 20), limit("session", 2, 10)];
  return [{ name: "partly", keys: ["oidc:staff:partly"], limits, teams: ["shop", "press", null] }];
}

function drawTenants(dice: Dice): GroupTenant[] {
  const limit = limitsBy(dice);
  const teams = ["shop"];
  return [
    { name: "tight", keys: ["t-1"], limits: [limit("key", 1, 12)], teams },
    // Around the 100 reservations at which slices are taken ahead.
    { name: "edge", keys: ["e-1", "e-2"], limits: [limit("tenant", 80, 300)], teams },
    { name: "loose", keys: ["l-1"], limits: [limit("key", 300, 20_000)], teams },
    {
      name: "levels",
      teams,
      keys: ["v-1", "v-2"],
      limits: [limit("tenant", 30, 400), limit("team", 10, 200), limit("session", 2, 10)],
    },
  ];
}

/** Those that each world has. */
const fewTenants = 4;

function drawCalls(
  tenants: readonly GroupTenant[],
  { replicas, healMs }: Pick<GroupScenario, "replicas" | "healMs">,
  dice: Dice,
): GroupCall[] {
  const calls: GroupCall[] = [];
  // Drawn apart: what else is drawn stays as it was.
  const apart = dice.fork("apart");
  const partly = tenants.findIndex(({ name }) => name === "partly");
  const freeShare = apart.pick([0, 0.2]);
  const add = (atMs: number, drawn: number, times: number): void => {
    const tenant = partly !== -1 && apart.chance(0.2) ? partly : drawn;
    const { keys, teams } = tenants[tenant] ?? { keys: [], teams: [] };
    const nanoUsd = Math.ceil(ordinary.nanoUsd * times * dice.between(0.1, 1));
    const outputTokens = dice.whole(1, ordinary.outputTokens);
    const isFree = apart.chance(freeShare);
    const tokens = { inputTokens: dice.whole(1, 50), outputTokens };
    const reserved = { nanoUsd: isFree ? 0 : nanoUsd, ...tokens };
    calls.push({
      n: calls.length,
      atMs,
      replica: dice.whole(0, replicas - 1),
      tenant,
      key: dice.pick(keys),
      team: apart.pick(teams),
      rule: apart.chance(0.3) ? `r${apart.whole(1, 2)}` : null,
      session: dice.chance(0.7) ? `s${dice.whole(1, 3)}` : null,
      reserved,
      spent: drawSpent(reserved, dice),
      holdMs: dice.magnitude(1, 8_000),
    });
  };
  const single = dice.whole(60, 160);
  for (let n = 0; n < single; n += 1) {
    add(dice.between(0, healMs), dice.whole(0, fewTenants - 1), 1);
  }
  // Many at once, so that processes meet at the end of a budget.
  for (let burst = dice.whole(1, 4); burst > 0; burst -= 1) {
    const [atMs, tenant] = [dice.between(0, healMs), dice.whole(0, fewTenants - 1)];
    const size = dice.whole(10, 60);
    for (let n = 0; n < size; n += 1) add(atMs + dice.between(0, 3), tenant, 1);
    // Some that take much of what others have seen free.
    for (let large = dice.whole(0, 6); large > 0; large -= 1) {
      add(atMs + dice.between(0, 3), tenant, dice.whole(20, 90));
    }
  }
  if (dice.chance(0.3)) add(dice.between(0, healMs), dice.whole(0, fewTenants - 1), 1_000);
  return calls.toSorted((a, b) => a.atMs - b.atMs);
}

function drawSpent(reserved: Amounts, dice: Dice): Amounts {
  if (dice.chance(0.1)) return { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };
  if (dice.chance(0.3)) return reserved;
  const share = dice.between(0.05, 1);
  return {
    nanoUsd: Math.floor(reserved.nanoUsd * share),
    inputTokens: reserved.inputTokens,
    outputTokens: Math.floor(reserved.outputTokens * share),
  };
}

function drawDisturbances(replicas: number, healMs: number, dice: Dice): GroupDisturbance[] {
  const list: GroupDisturbance[] = [];
  for (let left = dice.whole(0, 4); left > 0; left -= 1) {
    const at = { atMs: dice.between(500, healMs - 1_000), replica: dice.whole(0, replicas - 1) };
    const most = Math.max(1_000, healMs - at.atMs);
    const kind = dice.weighted({
      crash: 4,
      "power cut": 1,
      "writer pauses": 4,
      "writer fails": 3,
      "wall clock steps": 1,
    });
    if (kind === "crash" || kind === "power cut") {
      list.push({ ...at, kind, downMs: Math.min(most, dice.magnitude(50, 15_000)) });
    } else if (kind === "wall clock steps") {
      const byMs = (dice.chance(0.5) ? 1 : -1) * dice.magnitude(500, 2 * 86_400_000);
      list.push({ ...at, kind, byMs });
    } else {
      // Longer than a process may be silent: it is taken for dead, and comes back.
      const forMs = Math.min(most, dice.magnitude(5, 25_000));
      list.push({ ...at, kind, forMs });
    }
  }
  return list;
}

function drawCuts(tenants: number, healMs: number, dice: Dice): GroupDisturbance[] {
  if (!dice.chance(0.4)) return [];
  return Array.from({ length: dice.whole(1, 5) }, (): GroupDisturbance => {
    const atMs = dice.between(500, healMs - 1_000);
    const forMs = Math.min(healMs - atMs, dice.magnitude(1_000, 40_000));
    const share = dice.pick([0, 0.01, 0.1, 0.5]);
    return {
      kind: "limits cut",
      atMs,
      replica: 0,
      tenant: dice.whole(0, tenants - 1),
      share,
      forMs,
    };
  });
}

/** Long enough that it is taken for dead, more often than not. */
function drawStops(replicas: number, healMs: number, dice: Dice): GroupDisturbance[] {
  if (replicas === 1 || !dice.chance(0.4)) return [];
  const atMs = dice.between(500, healMs - 1_000);
  const forMs = Math.min(healMs - atMs, dice.magnitude(1_000, 40_000));
  return [{ kind: "process stops", atMs, replica: dice.whole(0, replicas - 1), forMs }];
}
