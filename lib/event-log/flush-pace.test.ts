import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../time/virtual-clock.ts";
import { FlushPace } from "./flush-pace.ts";

test("STR-2 the tick is 50 ms, and half a second for 10,000 logs", () => {
  const clock = new VirtualClock();
  let active = 1;
  const pace = new FlushPace(clock, () => active);
  assert.equal(pace.tickMs, 50);
  active = 10_000;
  assert.equal(pace.tickMs, 500);
});

test("STR-2 a log is flushed once a tick, however often it asks", () => {
  const clock = new VirtualClock();
  const pace = new FlushPace(clock, () => 1);
  let flushes = 0;
  const log = { flush: () => (flushes += 1) };
  pace.want(log);
  pace.want(log);
  clock.advanceBy(49);
  assert.equal(flushes, 0);
  clock.advanceBy(1);
  assert.equal(flushes, 1);
  clock.advanceBy(1_000);
  assert.equal(flushes, 1);
  assert.equal(clock.pendingTimers, 0);
});
