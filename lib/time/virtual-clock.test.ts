import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Timer } from "./clock.ts";
import { clockConformance } from "./clock-conformance.ts";
import { VirtualClock } from "./virtual-clock.ts";

clockConformance("VirtualClock", () => {
  const clock = new VirtualClock();
  return { clock, elapse: (durationMs) => clock.elapse(durationMs) };
});

test("time stands still until it is advanced", () => {
  const clock = new VirtualClock(1_000_000);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [1_000_000, 0]);
  clock.advanceBy(1.5);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [1_000_001, 1.5]);
  clock.advanceTo(1);
  assert.equal(clock.monotonicMs(), 1.5);
});

test("stepping the wall clock moves neither monotonic time nor timers", () => {
  const clock = new VirtualClock(1_000_000);
  let ranAtMs = -1;
  clock.after(10, () => (ranAtMs = clock.monotonicMs()));
  clock.stepWall(-3_600_000);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [1_000_000 - 3_600_000, 0]);
  clock.advanceBy(9);
  assert.equal(ranAtMs, -1);
  clock.advanceBy(1);
  assert.equal(ranAtMs, 10);
});

test("a callback sees the time it was due, and what it arms runs in the same advance", () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const again = (): void => {
    seen.push(clock.monotonicMs());
    clock.after(10, again);
  };
  clock.after(10, again);
  clock.advanceBy(35);
  assert.deepEqual(seen, [10, 20, 30]);
  assert.equal(clock.monotonicMs(), 35);
  assert.equal(clock.nextDueMs, 40);
});

test("runNext runs one callback, soon before timers, and says when nothing is left", () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.after(5, () => {
    order.push("timer");
    clock.soon(() => order.push("soon of timer"));
  });
  clock.after(5, () => order.push("timer 2"));
  clock.soon(() => order.push("soon"));
  assert.equal(clock.nextDueMs, 0);
  while (clock.runNext());
  assert.deepEqual(order, ["soon", "timer", "soon of timer", "timer 2"]);
  assert.deepEqual([clock.monotonicMs(), clock.nextDueMs, clock.pendingTimers], [5, null, 0]);
});

test("a delay without end is never due", () => {
  const clock = new VirtualClock();
  clock.after(Infinity, () => assert.fail("ran")).cancel();
  assert.equal(clock.runNext(), false);
  assert.equal(clock.pendingTimers, 0);
});

test("elapse lets promise jobs run between callbacks", async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  const work = async (): Promise<void> => {
    for (let n = 0; n < 3; n++) {
      await sleep(10);
      await Promise.resolve();
      seen.push(clock.monotonicMs());
    }
  };
  const done = work();
  await clock.elapse(100);
  assert.deepEqual(seen, [10, 20, 30]);
  assert.equal(clock.monotonicMs(), 100);
  await done;
});

test("any mix of arming and cancelling runs what is left in (time, insertion) order", () => {
  const step = fc.record({ delayMs: fc.nat(20), cancel: fc.option(fc.nat(50)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new VirtualClock();
      const ran: number[] = [];
      const live = new Map<number, number>();
      const timers: Timer[] = [];
      steps.forEach(({ delayMs, cancel }, n) => {
        timers.push(clock.after(delayMs, () => ran.push(n)));
        live.set(n, delayMs);
        if (cancel === null) return;
        timers[cancel]?.cancel();
        live.delete(cancel);
      });
      assert.equal(clock.pendingTimers, live.size);
      clock.advanceBy(20);
      const expected = [...live].toSorted((a, b) => a[1] - b[1] || a[0] - b[0]).map(([n]) => n);
      assert.deepEqual(ran, expected);
    }),
  );
});
