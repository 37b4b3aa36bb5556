import assert from "node:assert/strict";
import { test } from "node:test";
import { RetryBudgets } from "./retry-budgets.ts";
import { target } from "../route/route-fixture.ts";

const attempts = { cap: 2, perFirst: 0.5, floor: 0, floorWindowMs: 10_000 };
const [a, b] = [target("a"), target("b")];

test("RTE-9 what is left is what the next retries take, region by region", () => {
  const budgets = new RetryBudgets({ attempts, spendShare: 0.05 });
  assert.deepEqual([budgets.left(a, 0), budgets.left(b, 0)], [2, 2]);
  assert.equal(budgets.take(a, 0, 0), null);
  assert.deepEqual([budgets.left(a, 0), budgets.left(b, 0)], [1, 2]);
  assert.equal(budgets.take(a, 0, 0), null);
  assert.equal(budgets.left(a, 0), 0);
  assert.equal(budgets.take(a, 0, 0), "attempts");
  for (let n = 0; n < 2; n++) budgets.first(a);
  assert.equal(budgets.left(a, 0), 1);
});

test("RTE-9 what failed attempts may waste is told, where there is a limit", () => {
  const budgets = new RetryBudgets({ attempts, spendShare: 0.05 });
  const before = budgets.spendLeftNanoUsd ?? 0;
  assert.equal(budgets.take(a, 1_000, 0), null);
  assert.equal(budgets.spendLeftNanoUsd, before - 1_000);
  assert.equal(new RetryBudgets({ attempts, spendShare: null }).spendLeftNanoUsd, null);
});
