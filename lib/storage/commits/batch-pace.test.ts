import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { BatchPace } from "./batch-pace.ts";

test("four batches may leave at once, then one per millisecond", () => {
  const clock = new VirtualClock();
  const pace = new BatchPace(clock);
  const leftAtMs: number[] = [];
  while (leftAtMs.length < 8) {
    if (pace.waitMs() === 0) {
      pace.sent(1);
      leftAtMs.push(clock.monotonicMs());
    } else {
      clock.advanceBy(pace.waitMs());
    }
  }
  assert.deepEqual(leftAtMs, [0, 0, 0, 0, 1, 2, 3, 4]);
});

test("batches that four callers and more wait for leave each two milliseconds", () => {
  const clock = new VirtualClock();
  const pace = new BatchPace(clock);
  const leftAtMs: number[] = [];
  while (leftAtMs.length < 8) {
    if (pace.waitMs() === 0) {
      pace.sent(4);
      leftAtMs.push(clock.monotonicMs());
    } else {
      clock.advanceBy(pace.waitMs());
    }
  }
  assert.deepEqual(leftAtMs, [0, 0, 1, 3, 5, 7, 9, 11]);
});

test("a pause gives back the four, and never more", () => {
  const clock = new VirtualClock();
  const pace = new BatchPace(clock);
  for (let n = 0; n < 4; n++) pace.sent(1);
  assert.equal(pace.waitMs(), 1);
  clock.advanceBy(3_600_000);
  for (let n = 0; n < 4; n++) {
    assert.equal(pace.waitMs(), 0);
    pace.sent(1);
  }
  assert.equal(pace.waitMs(), 1);
});
