import assert from "node:assert/strict";
import { test } from "node:test";
import { SteadyWall } from "./steady-wall.ts";
import { VirtualClock } from "./virtual-clock.ts";

const hourMs = 3_600_000;
const limits = { leapMs: hourMs, believedAfterMs: 2 * hourMs };

test("a clock that goes as time does is believed, whatever is stored of before", () => {
  for (const behindMs of [null, 0, hourMs, -10 * hourMs]) {
    const clock = new VirtualClock();
    const stored = behindMs === null ? null : clock.wallMs() - behindMs;
    const wall = new SteadyWall(clock, limits, stored);
    for (let n = 0; n < 100; n++) {
      clock.advanceBy(hourMs);
      assert.deepEqual([wall.look(), wall.isSteady], [0, true]);
    }
  }
});

test("a leap ahead is doubted until it has stood for some time", () => {
  const clock = new VirtualClock();
  const wall = new SteadyWall(clock, limits, null);
  clock.advanceBy(60_000);
  clock.stepWall(hourMs + 1);
  assert.deepEqual([wall.look(), wall.isSteady], [hourMs + 1, false]);
  clock.advanceBy(2 * hourMs - 1);
  assert.deepEqual([wall.look(), wall.isSteady], [0, false]);
  clock.advanceBy(1);
  assert.equal(wall.isSteady, true);
});

test("a clock that is set right again is believed at once", () => {
  const clock = new VirtualClock();
  const wall = new SteadyWall(clock, limits, null);
  clock.stepWall(1_000 * hourMs);
  wall.look();
  clock.advanceBy(60_000);
  clock.stepWall(-1_000 * hourMs);
  assert.deepEqual([wall.look(), wall.isSteady], [-1_000 * hourMs, true]);
});

test("another leap begins the wait anew, a step within the limit does not", () => {
  const clock = new VirtualClock();
  const wall = new SteadyWall(clock, limits, null);
  clock.stepWall(2 * hourMs);
  wall.look();
  clock.advanceBy(hourMs);
  clock.stepWall(hourMs);
  wall.look();
  clock.advanceBy(hourMs);
  assert.equal(wall.isSteady, true);
  clock.stepWall(2 * hourMs);
  wall.look();
  clock.advanceBy(hourMs);
  clock.stepWall(2 * hourMs);
  wall.look();
  clock.advanceBy(hourMs);
  assert.equal(wall.isSteady, false);
});

test("a process that starts long after what is stored doubts its clock", () => {
  const clock = new VirtualClock();
  const wall = new SteadyWall(clock, limits, clock.wallMs() - 48 * hourMs);
  assert.equal(wall.isSteady, false);
  clock.advanceBy(2 * hourMs);
  assert.equal(wall.isSteady, true);
});
