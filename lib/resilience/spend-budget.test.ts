import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SpendBudget } from "./spend-budget.ts";

const limits = { share: 0.05, startNanoUsd: 1_000, capNanoUsd: 10_000 };

test("RTE-9 retries spend 5 % of what was settled, and what it starts with", () => {
  const budget = new SpendBudget(limits);
  assert.equal(budget.take(1_001), false);
  assert.equal(budget.take(1_000), true);
  budget.settled(2_000);
  assert.deepEqual([budget.take(101), budget.take(100), budget.take(1)], [false, true, false]);
});

test("RTE-9 a retry without cost passes an empty budget", () => {
  const budget = new SpendBudget({ ...limits, startNanoUsd: 0 });
  assert.deepEqual([budget.take(0), budget.take(1)], [true, false]);
});

test("RTE-9 twenty calls of one nano-USD pay for one", () => {
  const budget = new SpendBudget({ ...limits, startNanoUsd: 0 });
  for (let n = 0; n < 19; n++) budget.settled(1);
  assert.equal(budget.leftNanoUsd, 0);
  budget.settled(1);
  assert.equal(budget.leftNanoUsd, 1);
});

test("RTE-9 neither spend, nor refunds, nor the start lift it above its cap", () => {
  assert.equal(new SpendBudget({ ...limits, startNanoUsd: 20_000 }).leftNanoUsd, 10_000);
  const budget = new SpendBudget(limits);
  budget.settled(1e9);
  assert.equal(budget.leftNanoUsd, 10_000);
  budget.take(500);
  budget.refund(400);
  assert.equal(budget.leftNanoUsd, 9_900);
  budget.refund(400);
  assert.equal(budget.leftNanoUsd, 10_000);
});

test("RTE-9 the sums are exact to the nano-USD, up to 9 million USD in one call", () => {
  const amount = fc.oneof(fc.nat(100_000), fc.maxSafeNat());
  const calls = fc.array(fc.record({ settledNanoUsd: amount, retryNanoUsd: amount }));
  const shares = fc.integer({ min: 0, max: 10_000 });
  const property = fc.property(calls, shares, (script, basisPoints) => {
    const capNanoUsd = Number.MAX_SAFE_INTEGER;
    const budget = new SpendBudget({ share: basisPoints / 10_000, startNanoUsd: 7, capNanoUsd });
    let [settled, taken] = [0n, 0n];
    for (const { settledNanoUsd, retryNanoUsd } of script) {
      const due = 7n + ((settled + BigInt(settledNanoUsd)) * BigInt(basisPoints)) / 10_000n - taken;
      if (due > BigInt(capNanoUsd)) return;
      settled += BigInt(settledNanoUsd);
      budget.settled(settledNanoUsd);
      assert.equal(BigInt(budget.leftNanoUsd), due);
      const isTaken = budget.take(retryNanoUsd);
      assert.equal(isTaken, BigInt(retryNanoUsd) <= due);
      if (isTaken) taken += BigInt(retryNanoUsd);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});
