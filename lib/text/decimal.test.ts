import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalText } from "./decimal.ts";

const cases: readonly (readonly [units: bigint, least: number, text: string])[] = [
  [0n, 2, "0.00"],
  [0n, 0, "0"],
  [6_000_000n, 2, "0.006"],
  [87_500n, 2, "0.0000875"],
  [1_500_000_000n, 2, "1.50"],
  [3_000_000_000n, 0, "3"],
  [8_750_000n, 0, "0.00875"],
  [180_000_000_000n, 2, "180.00"],
  [-1n, 2, "-0.000000001"],
  [12_345_678_901_234_567_890n, 2, "12345678901.23456789"],
];

for (const [units, least, text] of cases) {
  test(`${units} nano-units with at least ${least} decimals are ${text}`, () => {
    assert.equal(decimalText(units, { decimals: 9, least }), text);
  });
}
