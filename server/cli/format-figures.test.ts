import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCount, formatMs, formatShare, formatUsd } from "./format-figures.ts";

test("MON-1 money is shown exactly, with two decimals at least", () => {
  assert.equal(formatUsd(0), "0.00");
  assert.equal(formatUsd(1), "0.000000001");
  assert.equal(formatUsd(87_500), "0.0000875");
  assert.equal(formatUsd(6_000_000), "0.006");
  assert.equal(formatUsd(1_500_000_000), "1.50");
  assert.equal(formatUsd(1_234_567_000_000_000), "1,234,567.00");
  assert.equal(formatUsd("9007199254740993"), "9,007,199.254740993");
});

test("counts, times and shares are readable and never flatter", () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(formatCount), ["0", "999", "1,000", "1,234,567"]);
  assert.deepEqual([0, 0.42, 7.256, 12.34, 1234.5].map(formatMs), [
    "0.00",
    "0.42",
    "7.26",
    "12.3",
    "1,235",
  ]);
  assert.deepEqual([0, 0.5, 0.9999, 1].map(formatShare), ["0.0 %", "50.0 %", "99.9 %", "100.0 %"]);
});
