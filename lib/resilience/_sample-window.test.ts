import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SampleWindow } from "./_sample-window.ts";

test("a sample stays for at least the window and less than half a second longer", () => {
  const window = new SampleWindow(3_000);
  window.failure(2_499);
  window.success(2_500);
  assert.deepEqual(window.within(3_000, 5_499), { total: 2, failures: 1 });
  assert.deepEqual(window.within(3_000, 5_500), { total: 1, failures: 0 });
  assert.deepEqual(window.within(3_000, 5_999), { total: 1, failures: 0 });
  assert.deepEqual(window.within(3_000, 6_000), { total: 0, failures: 0 });
});

test("a shorter window of the same samples", () => {
  const window = new SampleWindow(60_000);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 500) window.failure(nowMs);
  assert.equal(window.within(60_000, 59_999).total, 120);
  assert.equal(window.within(3_000, 59_999).total, 7);
  assert.equal(window.within(1, 59_999).total, 1);
});

test("the time of an idle 30,000 years is not counted bucket by bucket", () => {
  const window = new SampleWindow(60_000);
  window.failure(0);
  window.success(1e15);
  assert.deepEqual(window.within(60_000, 1e15), { total: 1, failures: 0 });
  assert.deepEqual(window.within(60_000, 2e15), { total: 0, failures: 0 });
});

test("a time that steps back counts as the latest", () => {
  const window = new SampleWindow(3_000);
  window.success(10_000);
  window.failure(1_000);
  assert.deepEqual(window.within(3_000, 10_000), { total: 2, failures: 1 });
});

test("clear leaves no sample", () => {
  const window = new SampleWindow(3_000);
  window.failure(10_000);
  window.clear();
  assert.deepEqual(window.within(3_000, 10_000), { total: 0, failures: 0 });
});

const sample = fc.record({
  afterMs: fc.oneof(
    { weight: 60, arbitrary: fc.nat(700) },
    { weight: 2, arbitrary: fc.nat(4_000) },
    { weight: 1, arbitrary: fc.constantFrom(59_000, 60_000, 61_000, 7_200_000) },
  ),
  isFailure: fc.boolean(),
});

test("any samples: what a list of them says, by the half second", () => {
  const property = fc.property(
    fc.array(sample, { minLength: 50, maxLength: 200 }),
    fc.constantFrom(1, 900, 3_000, 10_500),
    (script, windowMs) => {
      const window = new SampleWindow(10_500);
      const all: { atMs: number; isFailure: boolean }[] = [];
      let nowMs = 0;
      for (const { afterMs, isFailure } of script) {
        nowMs += afterMs;
        if (isFailure) window.failure(nowMs);
        else window.success(nowMs);
        all.push({ atMs: nowMs, isFailure });
        const endOfBucket = (atMs: number): number => (Math.floor(atMs / 500) + 1) * 500;
        const within = all.filter(({ atMs }) => endOfBucket(atMs) > nowMs - windowMs);
        const failures = within.filter((one) => one.isFailure).length;
        assert.deepEqual(window.within(windowMs, nowMs), { total: within.length, failures });
      }
    },
  );
  fc.assert(property, { numRuns: 200 });
});
