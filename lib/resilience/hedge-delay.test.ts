import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HedgeDelay } from "./hedge-delay.ts";

const delayOf = (samples: readonly number[]): number | null => {
  const delay = new HedgeDelay();
  for (const ms of samples) delay.sample(ms);
  return delay.delayMs;
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

test("RTE-11 the delay is the 95th percentile, from 50 samples on", () => {
  assert.equal(delayOf(upTo(49).map((n) => 100 + n)), null);
  assert.equal(delayOf(upTo(50).map((n) => 100 + n)), 148);
  assert.equal(delayOf(upTo(66).map((n) => 100 + n)), 163);
});

test("RTE-11 the latest 256 samples count", () => {
  const samples = [...upTo(300).map(() => 900), ...upTo(262).map((n) => (n % 2 ? 100 : 110))];
  assert.equal(delayOf(samples), 110);
});

test("RTE-11 where more than 2 % are stalled the longest usual time is waited for", () => {
  const stalling = (every: number): number[] =>
    upTo(98).map((n) => (n % every === 0 ? 2_000 : 200 + n));
  assert.equal(delayOf(stalling(10)), 298);
  assert.equal(delayOf(stalling(30)), 298);
  assert.equal(delayOf(stalling(60)), 295, "1 %: the 95th percentile");
});

test("RTE-11 waits that were cut short are stalls, and do not make the delay longer", () => {
  assert.equal(delayOf(upTo(98).map((n) => (n % 20 === 0 ? Infinity : 200 + n))), 298);
  assert.equal(delayOf(upTo(98).map((n) => (n % 3 === 0 ? 200 : Infinity))), null);
});

test("RTE-11 of any samples the delay is one of them (property)", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { minLength: 50, maxLength: 400 }), (samples) => {
      const looked = samples.slice(0, 50 + Math.floor((samples.length - 50) / 16) * 16);
      const delay = delayOf(samples) ?? assert.fail();
      const sorted = looked.slice(-256).toSorted((a, b) => a - b);
      assert.ok(sorted.includes(delay));
      const median = sorted[Math.ceil(0.5 * sorted.length) - 1] ?? 0;
      const percentile = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
      assert.ok(delay <= Math.max(percentile, 3 * median));
    }),
  );
});
