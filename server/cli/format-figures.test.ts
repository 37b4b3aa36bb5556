import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatCount,
  formatCounted,
  formatUsdSum,
  formatMs,
  formatShare,
  formatUsd,
} from "./format-figures.ts";

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

test("MON-18 sums of money have two decimals, and less than a dollar is exact", () => {
  const sums: readonly (readonly [usd: string, shown: string])[] = [
    ["71.0928", "71.09"],
    ["71.095", "71.10"],
    ["1.994999999", "1.99"],
    ["999.995", "1,000.00"],
    ["1350000.00", "1,350,000.00"],
    ["9007199254740993.00", "9,007,199,254,740,993.00"],
    ["0.00", "0.00"],
    ["0.000445", "0.000445"],
  ];
  for (const [usd, shown] of sums) assert.equal(formatUsdSum(usd), shown);
});

test("one is one, and all else are several", () => {
  const shown = [0, 1, 2, 0.5, 1_234].map((count) => formatCounted(count, "call"));
  assert.deepEqual(shown, ["0 calls", "1 call", "2 calls", "0.5 calls", "1,234 calls"]);
});
