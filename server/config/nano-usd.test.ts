import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nanoUsd } from "./nano-usd.ts";

test("MON-1 dollars become whole nano-USD, exactly", () => {
  const rows: readonly [number, number | null][] = [
    [0, 0],
    [1, 1_000_000_000],
    [0.1, 100_000_000],
    [0.3, 300_000_000],
    [1000, 1_000_000_000_000],
    [0.000000001, 1],
    [1e-9, 1],
    [1.5e-8, 15],
    [1e-10, null],
    [0.0000000015, null],
    [9_000_000, 9_000_000_000_000_000],
    [9_007_199, 9_007_199_000_000_000],
    [9_007_200, null],
    [1e21, null],
    [1e300, null],
    [5e-324, null],
    [-1, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
  ];
  for (const [usd, nano] of rows) assert.equal(nanoUsd(usd), nano, String(usd));
});

test("MON-1 what is written with up to nine decimals is read without rounding", () => {
  // Fifteen digits are what a number always keeps.
  const nano = fc.integer({ min: 0, max: 999_999_999_999_999 });
  fc.assert(
    fc.property(nano, (value) => {
      const digits = String(value).padStart(10, "0");
      assert.equal(nanoUsd(Number(`${digits.slice(0, -9)}.${digits.slice(-9)}`)), value);
    }),
  );
});
