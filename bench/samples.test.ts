import assert from "node:assert/strict";
import { test } from "node:test";
import { median, Samples } from "./samples.ts";

test("quantiles are the values at their rank", () => {
  const samples = new Samples();
  for (let value = 10_000; value >= 1; value--) samples.add(value);
  assert.equal(samples.quantile(0.5), 5000);
  assert.equal(samples.quantile(0.99), 9900);
  assert.equal(samples.quantile(1), 10_000);
  assert.equal(samples.quantile(0), 1);
});

test("a value added after a quantile was read counts in the next one", () => {
  const samples = new Samples();
  samples.add(2);
  assert.equal(samples.quantile(1), 2);
  samples.add(1);
  samples.add(3);
  assert.equal(samples.quantile(1), 3);
  assert.equal(samples.quantile(0.5), 2);
});

test("no value gives 0", () => {
  assert.equal(new Samples().quantile(0.5), 0);
});

test("median() takes the middle, the lower of two, and skips what was not measured", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2);
  assert.equal(median([Number.NaN, 7]), 7);
  assert.ok(Number.isNaN(median([])));
});
