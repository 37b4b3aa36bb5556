import type { Clock, Timer } from "./clock.ts";

/** The longest delay `setTimeout` honours; a longer one would run after 1 ms. */
const longestLegMs = 2 ** 31 - 1;

class SystemTimer implements Timer {
  readonly #dueMs: number;
  readonly #legMs: number;
  readonly #run: () => void;
  #handle: NodeJS.Timeout | null;

  constructor(delayMs: number, legMs: number, run: () => void) {
    const delay = delayMs > 0 ? delayMs : 0;
    this.#dueMs = performance.now() + delay;
    this.#legMs = legMs;
    this.#run = run;
    this.#handle = this.#arm(delay);
  }

  cancel(): void {
    if (this.#handle === null) return;
    clearTimeout(this.#handle);
    this.#handle = null;
  }

  #arm(remainingMs: number): NodeJS.Timeout {
    // libuv counts whole milliseconds from a rounded-down start: 1 ms more and it is never early.
    const leg = Math.ceil(Math.min(remainingMs, this.#legMs - 1)) + 1;
    return setTimeout(SystemTimer.#fire, leg, this).unref();
  }

  static #fire(this: void, timer: SystemTimer): void {
    const remainingMs = timer.#dueMs - performance.now();
    if (remainingMs > 0) {
      timer.#handle = timer.#arm(remainingMs);
      return;
    }
    timer.#handle = null;
    timer.#run();
  }
}

/** The machine's clocks. Delays that are not positive run on the next turn of the event loop. */
export class SystemClock implements Clock {
  readonly #legMs: number;

  /** `legMs`: how long one `setTimeout` may be; longer delays are made of several. */
  constructor(legMs: number = longestLegMs) {
    this.#legMs = legMs;
  }

  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, run: () => void): Timer {
    return new SystemTimer(delayMs, this.#legMs, run);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }
}
