import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, OutageFigures } from "./outage-figures.ts";
import { acrossRegions, steadyConfig } from "./steady-config.ts";
import { answers, says503, type Fate } from "./steady-providers.ts";
import { SteadyWorld } from "./steady-world.ts";

const perSecond = 50;
const models = ["fast"];
const fromMs = 30_000;

const unclosed = (world: SteadyWorld): readonly string[] =>
  world.circuits.filter(({ state }) => state !== "closed").map(({ id }) => id);

/** An opening that follows two failed probes lasts 144 s at most, and then it starts slowly. */
test("RTE-13 a region flaps every 5 s for 2 minutes: no error, no stuck state", async (t) => {
  const healMs = fromMs + 120_000;
  const endMs = healMs + 270_000;
  using world = new SteadyWorld(
    steadyConfig({ fast: acrossRegions("m0") }),
    ({ provider, atMs }) => {
      const isIll = provider === "east" && atMs >= fromMs && atMs < healMs;
      return isIll && Math.floor((atMs - fromMs) / 5_000) % 2 === 0 ? says503 : answers;
    },
  );
  await world.run({ perSecond, forMs: endMs, models });
  await world.rest(60_000);
  const figures = new OutageFigures(world);
  const found = {
    errors: figures.errors({ fromMs: 0, toMs: endMs }),
    amplification: figures.amplification({ fromMs, toMs: healMs }),
    fullShareMs: figures.hasShareAfterMs("east", { fromMs: healMs, toMs: endMs }, 1 / 3),
  };
  t.diagnostic(inWords(found));
  assert.equal(found.errors, 0);
  assert.ok(found.amplification <= 1.1, `${found.amplification}`);
  assert.ok(found.fullShareMs <= 210_000, `${found.fullShareMs}`);
  assert.deepEqual(unclosed(world), []);
  assert.equal(world.left, 0);
});

for (const balance of ["round-robin", "p2c"] as const) {
  test(`RTE-3 a region ten times slower, ${balance}: no error, no opening`, async (t) => {
    const healMs = fromMs + 120_000;
    const endMs = healMs + 180_000;
    using world = new SteadyWorld(
      steadyConfig({ fast: acrossRegions("m0", { balance }) }),
      ({ provider, atMs }): Fate =>
        provider === "east" && atMs >= fromMs && atMs < healMs
          ? { kind: "answers", slowness: 10 }
          : answers,
    );
    await world.run({ perSecond, forMs: endMs, models });
    await world.rest(60_000);
    const figures = new OutageFigures(world);
    const found = {
      errors: figures.errors({ fromMs: 0, toMs: endMs }),
      openings: world.changes.length,
      shareWhileSlow: figures.share("east", { fromMs: fromMs + 1_000, toMs: healMs }),
      shareAfterwards: figures.share("east", { fromMs: healMs + 90_000, toMs: endMs }),
    };
    t.diagnostic(inWords(found));
    assert.equal(found.errors, 0);
    assert.equal(found.openings, 0);
    assert.ok(found.shareAfterwards > 0.28, `${found.shareAfterwards}`);
    if (balance === "p2c") assert.ok(found.shareWhileSlow < 0.1, `${found.shareWhileSlow}`);
    assert.equal(world.left, 0);
  });
}

test("RTE-13 probes that hang: a client waits for one attempt, nothing is stuck", async (t) => {
  const attemptMs = 10_000;
  const hangMs = fromMs + 25_000;
  const healMs = fromMs + 180_000;
  const endMs = healMs + 330_000;
  const alias = acrossRegions("m0", { timeouts: { attemptMs } });
  using world = new SteadyWorld(steadyConfig({ fast: alias }), ({ provider, atMs }): Fate => {
    if (provider !== "east" || atMs < fromMs || atMs >= healMs) return answers;
    return atMs < hangMs ? says503 : { kind: "hangs" };
  });
  await world.run({ perSecond, forMs: endMs, models });
  await world.rest(60_000);
  const figures = new OutageFigures(world);
  const all = { fromMs: 0, toMs: endMs };
  const found = {
    errors: figures.errors(all),
    probesHung: figures.calls(all).filter(({ fate }) => fate === "hangs").length,
    slowestMs: figures.slowestMs(all),
    fullShareMs: figures.hasShareAfterMs("east", { fromMs: healMs, toMs: endMs }, 1 / 3),
  };
  t.diagnostic(inWords(found));
  assert.equal(found.errors, 0);
  assert.ok(found.probesHung >= 2 && found.probesHung <= 4, `${found.probesHung} probes hung`);
  assert.ok(found.slowestMs <= attemptMs + 100, `${found.slowestMs}`);
  assert.ok(found.fullShareMs <= 300_000, `${found.fullShareMs}`);
  assert.deepEqual(unclosed(world), []);
  assert.equal(world.left, 0);
});
