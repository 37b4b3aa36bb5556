import type { Clock, Timer } from "./clock.ts";
import { TimerHeap, type HeapTimer } from "./timer-heap.ts";

/** 2026-01-01T00:00:00Z: where wall time starts unless the owner says otherwise. */
const defaultWallMs = 1_767_225_600_000;

/** Continues when every promise job that is ready, and those they make ready, has run. */
const promiseJobs = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * Time that moves only when told. Callbacks run in the order of (due time, insertion), those of
 * `soon` before time moves on; the same calls give the same order always.
 */
export class VirtualClock implements Clock {
  readonly #heap = new TimerHeap();
  #nowMs = 0;
  #wallOffsetMs: number;
  #inserted = 0;
  #soon: (() => void)[] = [];
  #soonDone = 0;

  constructor(wallMs: number = defaultWallMs) {
    this.#wallOffsetMs = wallMs;
  }

  wallMs(): number {
    return Math.floor(this.#wallOffsetMs + this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const dueMs = this.#nowMs + (delayMs > 0 ? delayMs : 0);
    const timer: HeapTimer = { dueMs, order: this.#inserted++, run, place: -1 };
    if (dueMs !== Infinity) this.#heap.add(timer);
    return { cancel: () => this.#heap.remove(timer) };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Timers that have neither run nor been cancelled: a test ends with 0 or it leaks. */
  get pendingTimers(): number {
    return this.#heap.size;
  }

  /** When the next callback runs: now while `soon` has one, null when nothing is left. */
  get nextDueMs(): number | null {
    if (this.#soonDone < this.#soon.length) return this.#nowMs;
    return this.#heap.first?.dueMs ?? null;
  }

  /** Steps the wall clock alone, as an operator or NTP does; monotonic time does not notice. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Runs exactly one callback, moving time to it. False when nothing is left to run. */
  runNext(): boolean {
    const soon = this.#takeSoon();
    if (soon !== null) {
      soon();
      return true;
    }
    const timer = this.#heap.first;
    if (timer === null) return false;
    this.#heap.remove(timer);
    this.#nowMs = timer.dueMs;
    timer.run();
    return true;
  }

  /** Runs everything due until then, in order. Promise jobs wait for the caller's next `await`. */
  advanceTo(monotonicMs: number): void {
    while (this.#isDue(monotonicMs)) this.runNext();
    if (monotonicMs > this.#nowMs) this.#nowMs = monotonicMs;
  }

  /** See `advanceTo`. */
  advanceBy(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }

  /** Like `advanceBy`, with all promise jobs run before, between and after the callbacks. */
  async elapse(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await promiseJobs();
    while (this.#isDue(untilMs)) {
      this.runNext();
      // Each step may make promises ready, and they may arm timers that are due before the next
      // one.
      await promiseJobs();
    }
    this.advanceTo(untilMs);
  }

  #isDue(byMs: number): boolean {
    const nextMs = this.nextDueMs;
    return nextMs !== null && nextMs <= byMs;
  }

  #takeSoon(): (() => void) | null {
    const run = this.#soon[this.#soonDone];
    if (run === undefined) return null;
    this.#soonDone += 1;
    if (this.#soonDone === this.#soon.length) {
      this.#soon = [];
      this.#soonDone = 0;
    }
    return run;
  }
}
