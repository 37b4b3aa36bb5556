import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { watchParent } from "./parent-watch.ts";

const makeProcess = () => {
  const signals: [pid: number, signal: string][] = [];
  const kill = (pid: number, signal: string) => signals.push([pid, signal]);
  return { pid: 7, ppid: 3, kill, signals };
};

test("OPS-8 when the parent is gone the process is told to drain, once", () => {
  const clock = new VirtualClock();
  const own = makeProcess();
  watchParent(clock, own);
  clock.advanceBy(60_000);
  assert.deepEqual(own.signals, []);
  own.ppid = 1;
  clock.advanceBy(500);
  assert.deepEqual(own.signals, [[7, "SIGTERM"]]);
  clock.advanceBy(60_000);
  assert.equal(own.signals.length, 1);
  assert.equal(clock.pendingTimers, 0);
});
