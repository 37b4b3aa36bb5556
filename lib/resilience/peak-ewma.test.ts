import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { PeakEwma } from "./peak-ewma.ts";

const closeTo = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, expected), `${actual}, ${expected}`);

test("RTE-3 a greater sample is the value at once", () => {
  const ewma = new PeakEwma();
  assert.equal(ewma.value(0), 0);
  ewma.sample(200, 1_000);
  ewma.sample(900, 1_001);
  assert.equal(ewma.value(1_001), 900);
});

test("RTE-3 after 30 s a smaller sample has drawn it down by 63 %", () => {
  const ewma = new PeakEwma();
  ewma.sample(900, 0);
  ewma.sample(100, 30_000);
  closeTo(ewma.value(30_000), 100 + 800 / Math.E);
});

test("RTE-3 a sample between what is left of a peak and the peak draws it down as well", () => {
  const ewma = new PeakEwma();
  ewma.sample(900, 0);
  ewma.sample(500, 30_000);
  closeTo(ewma.value(30_000), 500 + 400 / Math.E);
});

test("RTE-3 without samples it decays to nothing, over idle hours too", () => {
  const ewma = new PeakEwma(10_000);
  ewma.sample(900, 0);
  closeTo(ewma.value(10_000), 900 / Math.E);
  closeTo(ewma.value(10_000), 900 / Math.E);
  assert.equal(ewma.value(36_000_000), 0);
  ewma.sample(5, 36_000_000);
  closeTo(ewma.value(36_000_000), 5);
});

test("RTE-3 a time that steps back does not raise it", () => {
  const ewma = new PeakEwma();
  ewma.sample(100, 1_000);
  assert.equal(ewma.value(0), 100);
});

test("RTE-3 any samples: between the latest and the greatest, and never rising by itself", () => {
  const sample = fc.record({ afterMs: fc.nat(100_000), value: fc.nat(60_000) });
  const property = fc.property(fc.array(sample, { minLength: 1 }), (script) => {
    const ewma = new PeakEwma();
    let [nowMs, greatest] = [0, 0];
    for (const { afterMs, value } of script) {
      const before = ewma.value(nowMs);
      nowMs += afterMs;
      assert.ok(ewma.value(nowMs) <= before);
      ewma.sample(value, nowMs);
      greatest = Math.max(greatest, value);
      const after = ewma.value(nowMs);
      // Sums of floating point numbers are off by a last digit now and then.
      const [least, most] = [value * (1 - 1e-12), greatest * (1 + 1e-12)];
      assert.ok(after >= least && after <= most, `${after}`);
    }
  });
  fc.assert(property, { numRuns: 500 });
});
