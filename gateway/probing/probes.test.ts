import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptOutcome } from "../attempt.ts";
import { at, failedWith, ProbedWorld } from "./probes-harness.ts";

const [a, b] = [at("a"), at("b")];

test("RTE-14 of the targets that are well one is asked in each interval, in turn", async () => {
  const world = new ProbedWorld();
  world.serve([a, b]);
  await world.clock.elapse(20_000);
  assert.deepEqual(
    world.asked.map(({ id }) => id),
    ["p/c/a", "p/c/b", "p/c/a", "p/c/b"],
  );
  const times = world.asked.map(({ atMs }) => Math.round(atMs));
  assert.ok((times[0] ?? 0) > 0 && (times[0] ?? 0) < 5_000, "not at the start, and not together");
  for (const n of [1, 2, 3]) assert.equal((times[n] ?? 0) - (times[n - 1] ?? 0), 5_000);
  world.probes.stop();
  assert.equal(world.clock.pendingTimers, 0);
});

test("RTE-14 a configured model is the one that is asked while all is well", async () => {
  const world = new ProbedWorld();
  world.serve([a, b], { model: "b" });
  await world.clock.elapse(20_000);
  assert.deepEqual(new Set(world.asked.map(({ id }) => id)), new Set(["p/c/b"]));
  world.probes.stop();
});

test("RTE-14 targets that rest are asked each round, one after the other", async () => {
  const world = new ProbedWorld();
  world.serve([a, b]);
  world.breakDown([a, b]);
  world.mood = () => "down";
  await world.clock.elapse(10_000);
  assert.deepEqual(
    world.asked.map(({ id }) => id),
    ["p/c/a", "p/c/b", "p/c/a", "p/c/b"],
  );
  assert.equal(world.mostRunning, 1);
  assert.deepEqual(new Set(world.done.map(({ result }) => result)), new Set(["failed"]));
  world.probes.stop();
});

const outages = ["down", "hangs"] as const;

for (const outage of outages) {
  test(`RTE-14 all circuits close within 10 s of the end of an outage: ${outage}`, async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const world = new ProbedWorld();
      const models = ["a", "b", "c"].map((model) => at(model));
      world.serve(models);
      world.breakDown(models);
      world.mood = () => outage;
      // Open times have doubled by now: without probes it would take minutes.
      await world.clock.elapse(240_000 + seed * 617);
      assert.ok(!world.isAllClosed);
      world.mood = () => "well";
      await world.clock.elapse(10_000);
      assert.ok(world.isAllClosed, `seed ${seed}`);
      assert.deepEqual(
        models.map((each) => world.health.restOf(each, world.clock.monotonicMs())),
        [null, null, null],
      );
      world.probes.stop();
      await world.clock.elapse(0);
      assert.equal(world.clock.pendingTimers, 0);
    }
  });
}

test("RTE-14 a probe that hangs has 5 s", async () => {
  const world = new ProbedWorld();
  world.serve([a]);
  world.mood = () => "hangs";
  await world.clock.elapse(10_100);
  assert.equal(world.done[0]?.result, "failed");
  assert.ok(Math.abs((world.done[0]?.latencyMs ?? 0) - 5_000) < 1);
  world.probes.stop();
});

test("RTE-14 five failed probes in a row open the circuit of a target nobody calls", async () => {
  const world = new ProbedWorld();
  world.serve([a]);
  world.mood = () => "down";
  await world.clock.elapse(30_000);
  assert.equal(world.health.restOf(a, world.clock.monotonicMs())?.cause, "circuit");
  world.probes.stop();
});

test("RTE-14 what a probe meets counts as a call's would, or not at all", async () => {
  const rows: readonly (readonly [AttemptOutcome, result: string, opens: boolean])[] = [
    [failedWith({ reach: "unreached", status: null }), "failed", true],
    [failedWith({ credentialFault: true, status: 401, verdict: "failover" }), "failed", true],
    [failedWith({ code: "upstream_rate_limited", status: 429 }), "unclear", false],
    // It is there, and has read the question.
    [failedWith({ code: "upstream_rejected", status: 400, verdict: "final" }), "ok", false],
    [failedWith({ code: "overloaded", reach: "unsent", status: null }), "unclear", false],
  ];
  for (const [outcome, result, opens] of rows) {
    const world = new ProbedWorld();
    world.serve([a]);
    world.mood = () => outcome;
    await world.clock.elapse(30_000);
    assert.deepEqual(new Set(world.done.map((each) => each.result)), new Set([result]));
    assert.equal(world.isAllClosed, !opens, result);
    world.probes.stop();
  }
});

test("RTE-14 a region that rests comes back with its targets", async () => {
  const world = new ProbedWorld();
  world.serve([a, b]);
  world.mood = () => "down";
  world.breakDown([a, b]);
  const region = () => world.health.circuits(world.clock.monotonicMs())[0];
  assert.deepEqual([region()?.level, region()?.state], ["region", "open"]);
  await world.clock.elapse(30_000);
  world.mood = () => "well";
  await world.clock.elapse(10_000);
  assert.equal(region()?.state, "closed");
  world.probes.stop();
});

test("RTE-14 nobody is asked who was taken out, or who asked for a pause", async () => {
  const world = new ProbedWorld();
  world.serve([a, b]);
  world.health.serve([a, b], ["p"]);
  await world.clock.elapse(20_000);
  assert.equal(world.asked.length, 0);
  world.health.serve([a, b], []);
  world.health.command("p/c/a", "force-open", world.clock.monotonicMs());
  world.health.cool(b, world.clock.monotonicMs() + 600_000, world.clock.monotonicMs());
  await world.clock.elapse(20_000);
  assert.equal(world.asked.length, 0);
  world.probes.stop();
});

test("RTE-14 twins of a target are asked once, and each of their circuits learns", async () => {
  const world = new ProbedWorld();
  const stricter = at("a", { breaker: { ...a.breaker, failures: 2 } });
  world.serve([a, stricter, { ...a }]);
  world.breakDown([a, stricter]);
  world.mood = () => "down";
  await world.clock.elapse(5_000);
  assert.equal(world.asked.length, 1);
  world.mood = () => "well";
  await world.clock.elapse(5_000);
  assert.ok(world.isAllClosed);
  // Two successes close: a circuit that heard of one probe twice would have closed by it.
  assert.equal(world.asked.length, 3);
  world.probes.stop();
});

test("RTE-14 a process that drains ends the probe under way, and books it", async () => {
  const world = new ProbedWorld();
  world.serve([a]);
  world.mood = () => "hangs";
  await world.clock.elapse(5_000);
  assert.equal(world.running, 1);
  world.probes.stop();
  await world.clock.elapse(60_000);
  assert.deepEqual([world.running, world.asked.length], [0, 1]);
  assert.equal(world.rows.at(-1)?.outcome, "cancelled");
  assert.deepEqual([world.done[0]?.result, world.isAllClosed], ["unclear", true]);
  assert.equal(world.clock.pendingTimers, 0);
});

test("OPS-3 a new configuration ends, begins and repaces probes", async () => {
  const world = new ProbedWorld();
  world.serve([a]);
  await world.clock.elapse(10_000);
  const count = world.asked.length;
  world.serve([a, b], { everyMs: 1_000 });
  await world.clock.elapse(10_000);
  assert.ok(world.asked.length >= count + 5);
  assert.ok(world.asked.some(({ id }) => id === "p/c/b"));
  world.probes.serve([]);
  const then = world.asked.length;
  await world.clock.elapse(60_000);
  assert.deepEqual([world.asked.length, world.clock.pendingTimers], [then, 0]);
});

const tcp = { kind: "tcp", origin: "https://p:8443" } as const;

test("RTE-14 a connection that fails is a failure of every target of the provider", async () => {
  const world = new ProbedWorld();
  world.serve([a, b], tcp);
  for (let n = 0; n < 5; n += 1) {
    await world.clock.elapse(5_000);
    const task = world.dialled.at(-1);
    assert.deepEqual([task?.origin, task?.timeoutMs], ["https://p:8443", 5_000]);
    task?.over(false);
    await world.clock.elapse(0);
  }
  for (const target of [a, b]) {
    assert.equal(world.health.restOf(target, world.clock.monotonicMs())?.cause, "circuit");
  }
  for (let n = 0; n < 2; n += 1) {
    await world.clock.elapse(5_000);
    world.dialled.at(-1)?.over(true);
    await world.clock.elapse(0);
  }
  assert.ok(world.isAllClosed, "two good ones close");
  assert.deepEqual([world.rows.length, world.asked.length], [0, 0]);
  world.probes.stop();
});

test("RTE-14 a connection proves nothing of an outage in which connections stood", async () => {
  const world = new ProbedWorld();
  world.serve([a], tcp);
  world.breakDown([a]);
  await world.clock.elapse(5_000);
  world.dialled.at(-1)?.over(true);
  await world.clock.elapse(0);
  assert.equal(world.health.restOf(a, world.clock.monotonicMs())?.cause, "circuit");
  assert.equal(world.done[0]?.result, "ok");
  world.probes.stop();
});
