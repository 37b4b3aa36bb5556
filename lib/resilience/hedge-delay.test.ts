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

test("RTE-11 where more than 2 % are stalled it is the longest usual time and a margin", () => {
  const stalling = (every: number): number[] =>
    upTo(98).map((n) => (n % every === 0 ? 2_000 : 200 + n));
  assert.equal(delayOf(stalling(10)), 298 + 254 / 4);
  assert.equal(delayOf(stalling(30)), 298 + 250 / 4);
  assert.equal(delayOf(stalling(60)), 295, "1 %: the 95th percentile");
});

test("RTE-11 waits that were cut short are stalls, and do not make the delay longer", () => {
  assert.equal(delayOf(upTo(98).map((n) => (n % 20 === 0 ? Infinity : 200 + n))), 298 + 251 / 4);
  assert.equal(delayOf(upTo(98).map((n) => (n % 3 === 0 ? 200 : Infinity))), null);
});

test("RTE-11 the margin ends where stalls begin", () => {
  const samples = upTo(98).map((n) => (n % 10 === 0 ? 2_000 : n % 10 === 1 ? 590 : 200));
  assert.equal(delayOf(samples), 600);
});

test("RTE-11 of any samples the delay is one of them, or lies before a stall (property)", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { minLength: 50, maxLength: 400 }), (samples) => {
      const looked = samples.slice(0, 50 + Math.floor((samples.length - 50) / 16) * 16);
      const delay = delayOf(samples) ?? assert.fail();
      const sorted = looked.slice(-256).toSorted((a, b) => a - b);
      const median = sorted[Math.ceil(0.5 * sorted.length) - 1] ?? 0;
      const percentile = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
      const isUsual = (ms: number): boolean => ms <= 3 * median;
      const longest = sorted.findLast(isUsual) ?? assert.fail();
      assert.ok(sorted.includes(delay) || (delay > longest && isUsual(delay)));
      assert.ok(delay <= Math.max(percentile, 3 * median));
    }),
  );
});
