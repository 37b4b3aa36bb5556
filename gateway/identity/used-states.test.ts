import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { UsedStates } from "./used-states.ts";

test("SEC-20 a state is used once, wherever it was, and forgotten when it is over anyway", () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const used = new UsedStates(clock, 600_000, (state) => told.push(state));
  assert.deepEqual([used.use("a"), used.use("a")], [true, false]);
  used.usedElsewhere("b");
  assert.equal(used.use("b"), false);
  assert.deepEqual(told, ["a"]);
  clock.advanceBy(600_000);
  assert.equal(used.use("c"), true);
  assert.equal(used.use("a"), true);
});

test("SEC-20 of 10,000 states the oldest makes room", () => {
  const used = new UsedStates(new VirtualClock(), 600_000);
  for (let n = 0; n < 10_000; n += 1) used.use(`s${n}`);
  assert.equal(used.use("s0"), false);
  assert.equal(used.use("one more"), true);
  assert.deepEqual([used.use("s1"), used.use("s0")], [false, true]);
});
