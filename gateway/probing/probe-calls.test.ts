import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { answered, at, ProbedWorld } from "./probes-harness.ts";

const a = at("a");

test("RTE-14 each probe is booked: its intent, its rows, what it cost", async () => {
  const world = new ProbedWorld();
  world.serve([a]);
  await world.clock.elapse(5_000);
  const [intent] = world.intents;
  const [attempt, response] = world.rows;
  assert.deepEqual([world.intents.length, world.rows.length], [1, 2]);
  assert.deepEqual(intent?.accounts, []);
  for (const row of [attempt, response]) {
    assert.equal(row?.id, intent?.id);
    const { tenant, surface, key, alias, model, provider } = row?.subject ?? {};
    assert.deepEqual(
      [tenant, surface, key, alias, model, provider],
      ["sekisho", "probe", "probe", "probe", "a", "p"],
    );
    // 8 tokens at 1 and 1 at 2 nano-USD.
    assert.deepEqual([row?.costNanoUsd, row?.usage.input, row?.outcome], [10, 8, "ok"]);
  }
  const [done] = world.done;
  assert.deepEqual([done?.costNanoUsd, done?.result, done?.model], [10, "ok", "a"]);
  world.probes.stop();
});

test("RTE-14 one token is asked for, and what is reported beyond is booked too", async () => {
  const world = new ProbedWorld();
  const usage = { ...noUsage, input: 100, output: 5_000 };
  world.mood = () => ({ ...answered, measured: { usage, source: "reported" } });
  world.serve([a]);
  await world.clock.elapse(5_000);
  const { maxTokens, boundNanoUsd } = world.asked[0]?.planned ?? {};
  assert.equal(maxTokens, 1);
  assert.ok((boundNanoUsd ?? 0) < 10_100);
  assert.deepEqual(
    world.rows.map(({ costNanoUsd }) => costNanoUsd),
    [10_100, 10_100],
  );
  world.probes.stop();
});

test("RTE-14 nothing is asked that cannot be booked", async () => {
  const world = new ProbedWorld();
  world.isStoreUp = false;
  world.serve([a]);
  await world.clock.elapse(10_000);
  assert.deepEqual([world.asked.length, world.defects.length], [0, 2]);
  world.isStoreUp = true;
  await world.clock.elapse(5_000);
  assert.equal(world.asked.length, 1);
  world.probes.stop();
});
