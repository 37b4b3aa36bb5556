import assert from "node:assert/strict";
import { test } from "node:test";

import { addCounts, closingLine, isGood } from "./report.ts";

test("counts add up to the line that ends a run", () => {
  const sum = addCounts(
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 10, failed: 3, skipped: 0 },
  );
  assert.equal(closingLine(sum), "11 passed, 3 failed, 2 skipped");
});

test("a run is good when something passed and nothing failed", () => {
  assert.equal(isGood({ passed: 1, failed: 0, skipped: 5 }), true);
  assert.equal(isGood({ passed: 9, failed: 1, skipped: 0 }), false);
  assert.equal(isGood({ passed: 0, failed: 0, skipped: 0 }), false);
});
