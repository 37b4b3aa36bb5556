import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock, Timer } from "./clock.ts";
import { LoopLag } from "./loop-lag.ts";
import { SystemClock } from "./system-clock.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A clock whose event loop stands still when told: time goes on, timers run behind it. */
class StallingClock implements Clock {
  readonly #inner = new VirtualClock();
  #lostMs = 0;

  wallMs(): number {
    return this.#inner.wallMs() + this.#lostMs;
  }

  monotonicMs(): number {
    return this.#inner.monotonicMs() + this.#lostMs;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#inner.after(delayMs, run);
  }

  soon(run: () => void): void {
    this.#inner.soon(run);
  }

  get pendingTimers(): number {
    return this.#inner.pendingTimers;
  }

  /** The loop turns on time for so long. */
  turn(durationMs: number): void {
    this.#inner.advanceBy(durationMs);
  }

  /** Something holds the loop for so long. */
  stall(durationMs: number): void {
    this.#lostMs += durationMs;
  }
}

/** Stalls of these lengths in milliseconds, 100 ms of turning before each. */
const lagAfter = (...stallsMs: number[]): number => {
  const clock = new StallingClock();
  using lag = new LoopLag(clock);
  for (const stallMs of stallsMs) {
    clock.turn(100);
    clock.stall(stallMs);
  }
  clock.turn(20);
  return lag.p99Ms();
};

test("RTE-17 a loop that turns has no lag", () => {
  assert.equal(lagAfter(0), 0);
});

test("RTE-17 p99: of 2 s it tells what the second longest wait of 100 would have been", () => {
  const rows: readonly (readonly [stallsMs: number[], p99Ms: number])[] = [
    // A lone pause: whoever came in its first 20 ms waited longest, those after it a step less.
    [[10], 0],
    [[60], 40],
    [[300], 280],
    [[60, 60], 60],
    [[300, 60], 280],
    [[4, 6, 8], 6],
    // A machine that slept: no more samples than the window has.
    [[3_600_000], 3_599_980],
  ];
  for (const [stallsMs, p99Ms] of rows) assert.equal(lagAfter(...stallsMs), p99Ms, stallsMs.join());
});

test("RTE-17 what is 2 s ago is forgotten", () => {
  const clock = new StallingClock();
  using lag = new LoopLag(clock);
  clock.stall(300);
  clock.turn(20);
  assert.equal(lag.p99Ms(), 280);
  clock.turn(1_660);
  assert.equal(lag.p99Ms(), 280);
  clock.turn(340);
  assert.equal(lag.p99Ms(), 0);
});

test("RTE-17 a measure that is over leaves no timer", () => {
  const clock = new StallingClock();
  const lag = new LoopLag(clock);
  clock.turn(1_000);
  assert.equal(clock.pendingTimers, 1);
  lag[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
});

test("RTE-17 a real loop that was held for 150 ms shows it", async () => {
  const clock = new SystemClock();
  using lag = new LoopLag(clock);
  const untilMs = clock.monotonicMs() + 150;
  while (clock.monotonicMs() < untilMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  // A timer of ours does not keep the process alive; this one of the test does.
  const alive = setInterval(() => {}, 1_000);
  clock.after(40, resolve);
  await promise;
  clearInterval(alive);
  assert.ok(lag.p99Ms() >= 80, `${lag.p99Ms()} ms`);
});
