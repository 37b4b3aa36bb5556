import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SeededRandom } from "../random/seeded-random.ts";
import { RetryBudget } from "./retry-budget.ts";

const limits = { cap: 100, perFirst: 0.1, floor: 3, floorWindowMs: 10_000 };

/** Takes until nothing passes; how many did. */
const drain = (budget: RetryBudget, nowMs: number): number => {
  let taken = 0;
  while (budget.take(nowMs)) taken += 1;
  return taken;
};

test("RTE-9 a budget starts with 100 retries, and 10 first attempts pay for one", () => {
  const budget = new RetryBudget(limits);
  assert.equal(budget.left(0), 100);
  assert.equal(drain(budget, 0), 100);
  for (let n = 0; n < 9; n++) budget.first();
  assert.equal(budget.take(1), false);
  budget.first();
  assert.deepEqual([budget.take(1), budget.take(1)], [true, false]);
});

test("RTE-9 first attempts never lift it above 100", () => {
  const budget = new RetryBudget(limits);
  for (let n = 0; n < 5_000; n++) budget.first();
  assert.equal(drain(budget, 0), 100);
});

test("RTE-9 an empty budget lets 3 retries pass in any 10 s, paid ones counted", () => {
  const budget = new RetryBudget(limits);
  drain(budget, 0);
  assert.equal(drain(budget, 9_999), 0);
  assert.equal(drain(budget, 10_000), 3);
  for (let n = 0; n < 60; n++) budget.first();
  assert.equal(drain(budget, 15_000), 3, "30 pay the debt of 3");
  assert.equal(drain(budget, 20_000), 0);
  assert.equal(drain(budget, 25_000), 3);
});

test("RTE-9 the floor leaves a debt of 3 at most: then 40 first attempts pay for one", () => {
  const budget = new RetryBudget(limits);
  drain(budget, 0);
  for (let nowMs = 10_000; nowMs <= 3_600_000; nowMs += 10_000) {
    assert.equal(drain(budget, nowMs), 3);
  }
  for (let n = 0; n < 40; n++) budget.first();
  assert.deepEqual([budget.left(3_600_001), drain(budget, 3_600_001)], [1, 1]);
});

test("RTE-9 a retry that was not sent is given back, with its place under the floor", () => {
  const budget = new RetryBudget(limits);
  drain(budget, 0);
  assert.equal(budget.take(10_000), true);
  budget.refund();
  assert.equal(drain(budget, 10_001), 3, "the refunded one took none of the three");
  assert.equal(budget.take(20_000), false);
  assert.equal(drain(budget, 20_001), 3);
});

test("RTE-9 a retry that was given back leaves the level as it was, also at its ends", () => {
  const whole = new RetryBudget(limits);
  whole.take(0);
  whole.refund();
  assert.equal(drain(whole, 0), 100);
  // At the deepest debt a retry costs nothing, so giving it back may not lift it.
  for (const at of [10_000, 20_000, 30_000]) drain(whole, at);
  whole.take(40_000);
  whole.refund();
  for (let n = 0; n < 39; n++) whole.first();
  assert.equal(drain(whole, 40_001), 3, "the floor alone");
});

test("without a floor an empty budget lets nothing pass", () => {
  const budget = new RetryBudget({ ...limits, floor: 0 });
  assert.equal(drain(budget, 0), 100);
  assert.equal(drain(budget, 1e9), 0);
  assert.equal(budget.left(1e9), 0);
});

const step = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.nat(1_000), fc.constantFrom(9_999, 10_000, 60_000)),
  firsts: fc.nat(30),
  wanted: fc.nat(60),
});

test("RTE-9 of n first attempts in t seconds at most 100 + 0.1 n + 3 × t / 10 + 3 pass", () => {
  const property = fc.property(fc.array(step, { maxLength: 100 }), (script) => {
    const budget = new RetryBudget(limits);
    let [nowMs, firsts, taken] = [0, 0, 0];
    for (const { afterMs, firsts: more, wanted } of script) {
      nowMs += afterMs;
      firsts += more;
      for (let n = 0; n < more; n++) budget.first();
      for (let n = 0; n < wanted; n++) {
        const left = budget.left(nowMs);
        const isTaken = budget.take(nowMs);
        assert.equal(isTaken, left > 0);
        if (isTaken) assert.equal(budget.left(nowMs), left - 1);
        if (isTaken) taken += 1;
      }
      const most = 100 + 0.1 * firsts + 3 * Math.floor(nowMs / 10_000) + 3;
      assert.ok(taken <= most, `${taken} of ${most}`);
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test("RTE-9 any 10 s in which retries are wanted let at least 3 of them pass", () => {
  const property = fc.property(fc.array(fc.nat(4_000), { maxLength: 200 }), (pausesMs) => {
    const budget = new RetryBudget(limits);
    drain(budget, 0);
    let nowMs = 0;
    const passedMs: number[] = [0, 0, 0];
    for (const pauseMs of pausesMs) {
      nowMs += pauseMs;
      const recent = passedMs.filter((atMs) => nowMs - atMs < limits.floorWindowMs);
      if (budget.take(nowMs)) passedMs.push(nowMs);
      else assert.ok(recent.length >= 3, `${recent.length} passed before ${nowMs}`);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

interface Outage {
  readonly seconds: number;
  readonly pauseMs: (n: number) => number;
}

/** Each first attempt fails and wants two retries, which fail as well. */
const sentIn = ({ seconds, pauseMs }: Outage): { firsts: number; retries: number } => {
  const budget = new RetryBudget(limits);
  let [firsts, retries] = [0, 0];
  for (let nowMs = pauseMs(0); nowMs <= seconds * 1_000; nowMs += pauseMs(firsts)) {
    firsts += 1;
    budget.first();
    for (let n = 0; n < 2; n++) if (budget.take(nowMs)) retries += 1;
  }
  return { firsts, retries };
};

for (const perSecond of [3, 3.1, 4, 10, 100, 1_000]) {
  for (const seconds of [60, 61, 600]) {
    test(`RTE-9 ${seconds} s of outage at ${perSecond}/s: 1.10 × the calls beyond 100`, () => {
      const outage = { seconds, pauseMs: () => 1_000 / perSecond };
      const { firsts, retries } = sentIn(outage);
      assert.ok(retries - 100 <= 0.1 * firsts, `${retries} retries of ${firsts}`);
      assert.ok(retries - 100 >= 0.1 * firsts - 2, `${retries} retries of ${firsts}`);
    });
  }
}

test("RTE-9 irregular calls, 5/s on average, get at most 3 retries more than that", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new SeededRandom(seed);
    const pauseMs = (): number => -Math.log(1 - random.float()) * 200;
    const { firsts, retries } = sentIn({ seconds: 60, pauseMs });
    assert.ok(retries - 100 <= 0.1 * firsts + 3, `${retries} retries of ${firsts}`);
  }
});
