import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Clock, Timer } from "./clock.ts";
import { Deadline, TimerWheel } from "./timer-wheel.ts";
import { VirtualClock } from "./virtual-clock.ts";

const makeWheel = (startMs = 0) => {
  const clock = new VirtualClock();
  clock.advanceBy(startMs);
  const wheel = new TimerWheel(clock);
  const passedAtMs: number[] = [];
  const owner = { deadlinePassed: (): void => void passedAtMs.push(clock.monotonicMs()) };
  return { clock, wheel, passedAtMs, deadline: new Deadline(owner) };
};

test("a deadline passes once, never early and at most 20 ms late", () => {
  const delays = fc.double({ min: 0, max: 40_000, noNaN: true });
  fc.assert(
    fc.property(delays, fc.double({ min: 0, max: 1e9, noNaN: true }), (delayMs, startMs) => {
      const { clock, wheel, passedAtMs, deadline } = makeWheel(startMs);
      const dueMs = clock.monotonicMs() + delayMs;
      wheel.arm(deadline, delayMs);
      clock.advanceBy(60_000);
      assert.equal(passedAtMs.length, 1);
      const lateMs = (passedAtMs[0] ?? Infinity) - dueMs;
      assert.ok(lateMs >= 0 && lateMs <= 20, `late by ${lateMs} ms`);
    }),
  );
});

test("armed at a time it passes as if armed for as long as that is away", () => {
  const delays = fc.array(fc.double({ min: -100, max: 40_000, noNaN: true }), { maxLength: 5 });
  fc.assert(
    fc.property(delays, fc.double({ min: 0, max: 1e9, noNaN: true }), (delaysMs, startMs) => {
      const [byDelay, byTime] = [makeWheel(startMs), makeWheel(startMs)];
      for (const delayMs of [...delaysMs, Infinity, 700]) {
        byDelay.wheel.arm(byDelay.deadline, delayMs);
        byTime.wheel.armAt(byTime.deadline, byTime.clock.monotonicMs() + Math.max(0, delayMs));
        for (const { clock } of [byDelay, byTime]) clock.advanceBy(300);
        assert.equal(byTime.wheel.armed, byDelay.wheel.armed);
      }
      for (const { clock } of [byDelay, byTime]) clock.advanceBy(60_000);
      assert.deepEqual(byTime.passedAtMs, byDelay.passedAtMs);
    }),
  );
});

test("re-arming on every chunk moves the deadline and arms no further timer", () => {
  const { clock, wheel, passedAtMs, deadline } = makeWheel();
  wheel.arm(deadline, 1_000);
  for (let n = 0; n < 100; n++) {
    clock.advanceBy(500);
    wheel.arm(deadline, 1_000);
    assert.equal(clock.pendingTimers, 1);
  }
  assert.deepEqual(passedAtMs, []);
  clock.advanceBy(1_020);
  assert.equal(passedAtMs.length, 1);
});

test("arming shorter than before brings the deadline forward", () => {
  const { clock, wheel, passedAtMs, deadline } = makeWheel();
  wheel.arm(deadline, 60_000);
  wheel.arm(deadline, 30);
  clock.advanceBy(50);
  assert.equal(passedAtMs.length, 1);
  assert.equal(wheel.armed, 0);
});

test("a cancelled deadline never passes, and an empty wheel wakes at most once more", () => {
  const { clock, wheel, passedAtMs, deadline } = makeWheel();
  wheel.cancel(deadline);
  wheel.arm(deadline, 30);
  wheel.cancel(deadline);
  wheel.cancel(deadline);
  wheel.arm(deadline, 30);
  wheel.arm(deadline, Infinity);
  assert.equal(wheel.armed, 0);
  assert.equal(clock.runNext(), true);
  assert.equal(clock.runNext(), false);
  assert.deepEqual(passedAtMs, []);
});

test("a wheel that stood empty for long starts again at the right time", () => {
  const { clock, wheel, passedAtMs, deadline } = makeWheel();
  wheel.arm(deadline, 20);
  clock.advanceBy(3_600_000);
  wheel.arm(deadline, 100);
  clock.advanceBy(99);
  assert.equal(passedAtMs.length, 1);
  clock.advanceBy(21);
  assert.equal(passedAtMs.length, 2);
});

test("arming and cancelling over and over makes one timer", () => {
  const { clock, wheel, deadline } = makeWheel();
  for (let n = 0; n < 100; n++) {
    wheel.arm(deadline, 30_000);
    clock.advanceBy(1);
    wheel.cancel(deadline);
    assert.equal(clock.pendingTimers, 1);
  }
});

test("an owner may arm itself and cancel a neighbour when told", () => {
  const clock = new VirtualClock();
  const wheel = new TimerWheel(clock);
  let passed = 0;
  const neighbour = new Deadline({ deadlinePassed: () => assert.fail("was cancelled") });
  const again = new Deadline({
    deadlinePassed: (deadline) => {
      passed += 1;
      wheel.cancel(neighbour);
      if (passed < 5) wheel.arm(deadline, 0);
    },
  });
  wheel.arm(neighbour, 15);
  wheel.arm(again, 15);
  clock.advanceBy(20);
  assert.equal(passed, 1);
  clock.advanceBy(200);
  assert.equal(passed, 5);
  assert.equal(clock.pendingTimers, 0);
});

test("an idle wheel with one far deadline wakes at most once in ten seconds", () => {
  const { clock, wheel, passedAtMs, deadline } = makeWheel();
  wheel.arm(deadline, 60_000);
  let wakes = 0;
  while (clock.runNext()) wakes += 1;
  assert.equal(passedAtMs.length, 1);
  assert.ok(wakes <= 7, `woke ${wakes} times`);
});

test("after a long stall every deadline passes, whatever its slot", () => {
  const clock = new VirtualClock();
  let stalledMs = 0;
  const stalling = {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs() + stalledMs,
    after: (delayMs: number, run: () => void) => clock.after(delayMs, run),
    soon: (run: () => void) => clock.soon(run),
  };
  const wheel = new TimerWheel(stalling);
  let passed = 0;
  const owner = { deadlinePassed: (): void => void (passed += 1) };
  for (let n = 0; n < 200; n++) wheel.arm(new Deadline(owner), n * 150);
  stalledMs = 100_000;
  clock.advanceBy(10_300);
  assert.equal(passed, 200);
  assert.equal(wheel.armed, 0);
});

test("thousands of deadlines armed and cancelled at random pass exactly when due", () => {
  const step = fc.tuple(fc.nat(9), fc.nat(15_000), fc.nat(400));
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), (steps) => {
      const clock = new VirtualClock();
      const wheel = new TimerWheel(clock);
      const due = new Map<Deadline, number>();
      const deadlinePassed = (deadline: Deadline): void => {
        const lateMs = clock.monotonicMs() - (due.get(deadline) ?? Infinity);
        assert.ok(lateMs >= 0 && lateMs <= 20, `late by ${lateMs} ms`);
        due.delete(deadline);
      };
      const deadlines = Array.from({ length: 10 }, () => new Deadline({ deadlinePassed }));
      for (const [n, delayMs, pauseMs] of steps) {
        const deadline = deadlines[n];
        assert.ok(deadline !== undefined);
        if (delayMs % 4 === 0) {
          wheel.cancel(deadline);
          due.delete(deadline);
        } else {
          wheel.arm(deadline, delayMs);
          due.set(deadline, clock.monotonicMs() + delayMs);
        }
        clock.advanceBy(pauseMs);
        assert.equal(wheel.armed, due.size);
      }
      clock.advanceBy(20_000);
      assert.equal(due.size, 0);
    }),
  );
});

/** A clock that goes on while somebody works. */
class BusyClock implements Clock {
  nowMs = 0;
  run: (() => void) | null = null;

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(_delayMs: number, run: () => void): Timer {
    this.run = run;
    return { cancel: () => void (this.run = null) };
  }

  soon(): void {
    assert.fail("nobody asks for it");
  }
}

test("the last deadline armed anew far ahead, after work that reaches into the next slot", () => {
  const clock = new BusyClock();
  const wheel = new TimerWheel(clock);
  let passed = 0;
  const deadline = new Deadline({
    deadlinePassed(own) {
      passed += 1;
      clock.nowMs += 10;
      // With an endless loop in the wheel this test would never come back from its tick.
      if (passed === 1) wheel.arm(own, 30_000);
    },
  });
  wheel.arm(deadline, 20);
  clock.nowMs = 20;
  clock.run?.();
  assert.deepEqual([passed, wheel.armed], [1, 1]);
  for (let ticks = 0; passed === 1 && ticks < 100; ticks += 1) {
    clock.nowMs += 10_000;
    clock.run?.();
  }
  assert.deepEqual([passed, wheel.armed], [2, 0]);
});
