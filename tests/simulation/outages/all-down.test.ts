import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { inWords, OutageFigures } from "./outage-figures.ts";
import { acrossRegions, regions, steadyConfig, type Probe } from "./steady-config.ts";
import { answers, says503 } from "./steady-providers.ts";
import { SteadyWorld } from "./steady-world.ts";

const models = ["fast"];
const fromMs = 30_000;
const retriesAtFirst = 100;
const perFirst = 0.1;

/** Every region answers 503 for a while. */
async function allDown(t: TestContext, outageMs: number, probe: Probe = null) {
  const healMs = fromMs + outageMs;
  const endMs = healMs + 300_000;
  const config = steadyConfig({ fast: acrossRegions("m0") }, probe);
  using world = new SteadyWorld(config, ({ atMs }) =>
    atMs >= fromMs && atMs < healMs ? says503 : answers,
  );
  await world.run({ perSecond: 50, forMs: endMs, models });
  await world.rest(60_000);
  const figures = new OutageFigures(world);
  const openings = world.changes.filter(({ to }) => to === "open").slice(0, regions.length);
  const openMs = Math.max(...openings.map(({ atMs }) => atMs)) - fromMs;
  const open = { fromMs: fromMs + openMs, toMs: healMs };
  const refused = figures.refused(open);
  const firstGood = figures.answers({ fromMs: healMs, toMs: endMs }).find(({ isGood }) => isGood);
  const recoveredMs = (firstGood?.atMs ?? Infinity) - healMs;
  const found = {
    openMs,
    slowestMs: figures.slowestMs(open),
    leastRetryAfterS: Math.min(...refused.map(({ retryAfterS }) => retryAfterS ?? 0)),
    refusals: refused.length,
    probes: world.probes,
    callsWhileOpen: figures.calls(open).length,
    recoveredMs,
    errorsSince: figures.errors({ fromMs: healMs + recoveredMs + 1_000, toMs: endMs }),
  };
  t.diagnostic(inWords(found));
  assert.ok(found.refusals >= 0.99 * figures.answers(open).length, `${found.refusals} refusals`);
  assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503]);
  assert.ok(found.openMs <= 2_000, `${found.openMs}`);
  assert.ok(found.slowestMs <= 100, `a refusal took ${found.slowestMs} ms`);
  assert.ok(found.leastRetryAfterS >= 1, "a refusal without Retry-After");
  assert.equal(found.errorsSince, 0);
  assert.equal(world.left, 0);
  return found;
}

/** Open for 30 s, then for 60 s ± 20 % … 72 s after the first 32 s the next probe goes at last. */
test("RTE-13 all targets down for 60 s: refused at once, and back within 44 s", async (t) => {
  const { recoveredMs, callsWhileOpen } = await allDown(t, 60_000);
  assert.ok(recoveredMs <= 44_000, `${recoveredMs}`);
  assert.ok(callsWhileOpen <= 2 * regions.length, `${callsWhileOpen} calls`);
});

/** Without active probes the pauses grow with the outage: 30 s, 60 s ± 20 %, 120 s ± 20 %. */
test("RTE-13 all targets down for 120 s: back within 128 s", async (t) => {
  const { recoveredMs, callsWhileOpen } = await allDown(t, 120_000);
  assert.ok(recoveredMs <= 128_000, `${recoveredMs}`);
  assert.ok(callsWhileOpen <= 3 * regions.length, `${callsWhileOpen} calls`);
});

test("RTE-14 all targets down for 120 s, probed every 5 s: back within 10 s", async (t) => {
  const { recoveredMs, callsWhileOpen } = await allDown(t, 120_000, {
    kind: "call",
    everyMs: 5_000,
  });
  assert.ok(recoveredMs <= 10_000, `${recoveredMs}`);
  assert.ok(callsWhileOpen <= 3 * regions.length, `${callsWhileOpen} calls`);
});

for (const perSecond of [10, 50]) {
  test(`RTE-9 all fail, no circuit opens, ${perSecond} requests/s: 1.1 calls each`, async (t) => {
    const forMs = 120_000;
    const breaker = { failures: 1_000, windowMs: 1_000, burstWindowMs: 1_000 };
    const config = steadyConfig({ fast: acrossRegions("m0", { breaker }) });
    using world = new SteadyWorld(config, () => says503);
    await world.run({ perSecond, forMs, models });
    await world.rest(60_000);
    const figures = new OutageFigures(world);
    const all = { fromMs: 0, toMs: forMs };
    const firsts = figures.firsts(all);
    const calls = figures.calls(all).length;
    const beyond = calls - regions.length * retriesAtFirst;
    t.diagnostic(inWords({ firsts, calls, withoutTheFirst300: beyond / firsts }));
    assert.equal(world.changes.length, 0);
    assert.equal(firsts, (forMs / 1_000) * perSecond);
    assert.ok(beyond <= 1.1 * firsts, `${beyond} calls for ${firsts} requests`);
    for (const region of regions) {
      const retries = figures.calls(all, region).length - figures.firsts(all, region);
      const most = retriesAtFirst + perFirst * figures.firsts(all, region);
      assert.ok(retries <= most, `${region} got ${retries} retries, ${most} are paid for`);
    }
  });
}
