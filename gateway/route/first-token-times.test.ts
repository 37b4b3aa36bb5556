import assert from "node:assert/strict";
import { test } from "node:test";
import { FirstTokenTimes } from "./first-token-times.ts";

const recorded = (count: number, ms: number): FirstTokenTimes => {
  const times = new FirstTokenTimes();
  for (let n = 0; n < count; n++) times.record(ms);
  return times;
};

test("RTE-10 a target that is usually slow gets the time it takes, at most 120 s", () => {
  assert.equal(recorded(1_024, 50).limitMs(10_000), 10_000);
  const slowMs = recorded(1_024, 20_000).limitMs(10_000);
  assert.ok(slowMs >= 19_400 && slowMs <= 20_600, `${slowMs}`);
  assert.equal(recorded(1_024, 500_000).limitMs(10_000), 120_000);
  assert.equal(recorded(1_024, 500_000).limitMs(300_000), 300_000, "as configured");
});

test("RTE-10 few samples change nothing, and old ones are forgotten", () => {
  assert.equal(recorded(999, 20_000).limitMs(10_000), 10_000);
  const times = recorded(10_240, 20_000);
  for (let n = 0; n < 20_480; n++) times.record(50);
  assert.equal(times.limitMs(10_000), 10_000);
});
