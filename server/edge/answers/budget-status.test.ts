import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetStatusOf } from "./budget-status.ts";

test("MON-11 budgetStatus 429 is that of refusals by budgets, and of no other", () => {
  for (const code of ["budget_exhausted", "in_flight", "request_exceeds_budget"] as const) {
    assert.deepEqual(budgetStatusOf({ budgetStatus: 429 }, code), { status: 429 });
    assert.deepEqual(budgetStatusOf({ budgetStatus: 402 }, code), {});
    assert.deepEqual(budgetStatusOf({}, code), {});
    assert.deepEqual(budgetStatusOf(null, code), {});
  }
  for (const code of ["unpriced", "rate_limited", "model_not_found"] as const) {
    assert.deepEqual(budgetStatusOf({ budgetStatus: 429 }, code), {});
  }
});
