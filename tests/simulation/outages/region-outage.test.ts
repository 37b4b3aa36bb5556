import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { inWords, OutageFigures } from "./outage-figures.ts";
import { acrossRegions, steadyConfig, type Alias, type Probe } from "./steady-config.ts";
import { answers, says503, type Fate } from "./steady-providers.ts";
import { SteadyWorld } from "./steady-world.ts";

const perSecond = 50;
const fromMs = 60_000;
const healMs = 120_000;
const endMs = 270_000;
const outage = { fromMs, toMs: healMs };

interface Case {
  readonly balance: NonNullable<Alias["balance"]>;
  readonly weights: readonly number[];
  /** The part of the load that the region takes in health. */
  readonly share: number;
  readonly fate: Fate;
  readonly models: readonly string[];
  readonly probe: Probe;
  /** How long after the healing the first call may go there. */
  readonly servesWithinMs: number;
}

/** One region of three fails for 60 s, and the load never stops. */
async function oneRegionFails(t: TestContext, each: Case) {
  const { balance, weights, share, fate, models, probe } = each;
  const config = steadyConfig(
    Object.fromEntries(
      models.map((name) => [name, acrossRegions(`m-${name}`, { balance }, weights)]),
    ),
    probe,
  );
  using world = new SteadyWorld(config, ({ provider, atMs }) =>
    provider === "east" && atMs >= fromMs && atMs < healMs ? fate : answers,
  );
  await world.run({ perSecond, forMs: endMs, models });
  await world.rest(60_000);
  const figures = new OutageFigures(world);
  const all = { fromMs: 0, toMs: endMs };
  const opened = world.changes.find(({ to }) => to === "open");
  const closed = world.changes.findLast(({ to }) => to === "closed");
  const closedMs = closed?.atMs ?? Infinity;
  const found = {
    errors: figures.errors(all),
    openMs: (opened?.atMs ?? Infinity) - fromMs,
    amplification: figures.amplification(outage),
    firstServedMs: figures.servesAfterMs("east", healMs),
    fullShareMs: figures.hasShareAfterMs("east", { fromMs: healMs, toMs: endMs }, share),
    // While it starts slowly, a tenth of its share.
    shareAtFirst: figures.share("east", { fromMs: closedMs, toMs: closedMs + 6_000 }) / share,
    slowestMs: figures.slowestMs(all),
  };
  t.diagnostic(inWords(found));
  assert.equal(figures.answers(all).length, (endMs / 1_000) * perSecond);
  assert.equal(world.left, 0);
  assert.deepEqual(
    world.circuits.filter(({ state }) => state !== "closed").map(({ id }) => id),
    [],
  );
  return found;
}

const inTurn: Case = {
  balance: "round-robin",
  weights: [1, 1, 1],
  share: 1 / 3,
  fate: says503,
  models: ["fast"],
  probe: null,
  servesWithinMs: 50_000,
};

const cases: Readonly<Record<string, Case>> = {
  "in turn": inTurn,
  "by weight 2 : 1 : 1": { ...inTurn, balance: "weighted", weights: [2, 1, 1], share: 1 / 2 },
  "the first of the list": { ...inTurn, balance: "failover", share: 1 },
  "two models": { ...inTurn, models: ["fast", "quality"] },
  "two models, not reached": {
    ...inTurn,
    models: ["fast", "quality"],
    fate: { kind: "is not reached" },
  },
  "probed every 5 s": {
    ...inTurn,
    probe: { kind: "call", everyMs: 5_000 },
    servesWithinMs: 10_000,
  },
};

for (const [name, each] of Object.entries(cases)) {
  test(`RTE-14 a region of three fails for 60 s at 50 requests/s: ${name}`, async (t) => {
    const found = await oneRegionFails(t, each);
    assert.equal(found.errors, 0);
    assert.ok(found.openMs <= 2_000, `its circuit opened after ${found.openMs} ms`);
    assert.ok(found.amplification <= 1.1, `${found.amplification} calls for a request`);
    assert.ok(found.firstServedMs <= each.servesWithinMs, `it served ${found.firstServedMs} ms on`);
    assert.ok(found.fullShareMs <= 120_000, `it had its share after ${found.fullShareMs} ms`);
    assert.ok(found.shareAtFirst <= 0.25, `it began with ${found.shareAtFirst} of its share`);
    assert.ok(found.slowestMs <= 150, `${found.slowestMs} ms`);
  });
}
