import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";

/** A clock under test. */
export interface ClockHarness {
  readonly clock: Clock;
  /** Lets at least that much time pass and everything due by then run. */
  readonly elapse: (durationMs: number) => Promise<void>;
}

/** What every adapter of `Clock` promises. Durations are short: real adapters really wait. */
export const clockConformance = (name: string, makeHarness: () => ClockHarness): void => {
  const check = (title: string, run: (harness: ClockHarness) => Promise<void>): void => {
    void test(`${name}: ${title}`, () => run(makeHarness()));
  };
  checkReadings(check);
  checkTimers(check);
  checkSoon(check);
};

type Check = (title: string, run: (harness: ClockHarness) => Promise<void>) => void;

const checkReadings = (check: Check): void => {
  check("wall time is whole milliseconds since 1970", async ({ clock }) => {
    assert.equal(Number.isSafeInteger(clock.wallMs()), true);
    assert.ok(clock.wallMs() > 1_500_000_000_000);
  });

  check("both clocks move with time", async ({ clock, elapse }) => {
    const wallMs = clock.wallMs();
    const monotonicMs = clock.monotonicMs();
    await elapse(5);
    assert.ok(clock.wallMs() >= wallMs + 4);
    assert.ok(clock.monotonicMs() >= monotonicMs + 5);
  });
};

const checkTimers = (check: Check): void => {
  check("a timer runs once, never early", async ({ clock, elapse }) => {
    for (const delayMs of [1, 2.5, 7]) {
      const dueMs = clock.monotonicMs() + delayMs;
      const ranAtMs: number[] = [];
      clock.after(delayMs, () => ranAtMs.push(clock.monotonicMs()));
      await elapse(delayMs + 5);
      assert.equal(ranAtMs.length, 1);
      assert.ok((ranAtMs[0] ?? 0) >= dueMs, `due at ${dueMs}, ran at ${ranAtMs[0]}`);
    }
  });

  check("timers of the same delay run in the order they were armed", async (harness) => {
    const order: number[] = [];
    for (let n = 0; n < 10; n++) harness.clock.after(3, () => order.push(n));
    await harness.elapse(10);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  check("no delay, or less than none, runs later and not inside the call", async (harness) => {
    const ran: number[] = [];
    for (const delayMs of [0, -5, Number.NaN]) {
      harness.clock.after(delayMs, () => ran.push(delayMs));
    }
    assert.deepEqual(ran, []);
    await harness.elapse(5);
    assert.equal(ran.length, 3);
  });

  check("a cancelled timer does not run; cancelling again or late is fine", async (harness) => {
    let runs = 0;
    const cancelled = harness.clock.after(1, () => (runs += 10));
    const kept = harness.clock.after(1, () => (runs += 1));
    cancelled.cancel();
    cancelled.cancel();
    await harness.elapse(5);
    kept.cancel();
    assert.equal(runs, 1);
  });

  check("a timer may cancel another that is due at the same time", async (harness) => {
    let runs = 0;
    harness.clock.after(2, () => second.cancel());
    const second = harness.clock.after(2, () => (runs += 1));
    await harness.elapse(8);
    assert.equal(runs, 0);
  });

  check("delays beyond 2^31 ms and without end do not run at once", async ({ clock, elapse }) => {
    let runs = 0;
    const delays = [2 ** 31 - 1, 2 ** 31, 2 ** 40, Infinity];
    const timers = delays.map((delayMs) => clock.after(delayMs, () => (runs += 1)));
    await elapse(5);
    assert.equal(runs, 0);
    for (const timer of timers) timer.cancel();
  });
};

const checkSoon = (check: Check): void => {
  check("soon runs after the current turn, in order", async ({ clock, elapse }) => {
    const order: string[] = [];
    clock.soon(() => order.push("first"));
    clock.soon(() => order.push("second"));
    assert.deepEqual(order, []);
    await elapse(2);
    assert.deepEqual(order, ["first", "second"]);
  });

  check("soon inside soon runs, in a later turn", async ({ clock, elapse }) => {
    const order: string[] = [];
    clock.soon(() => {
      clock.soon(() => order.push("inner"));
      order.push("outer");
    });
    await elapse(2);
    await elapse(2);
    assert.deepEqual(order, ["outer", "inner"]);
  });
};
