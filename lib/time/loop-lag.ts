import type { Clock, Timer } from "./clock.ts";

const everyMs = 20;
const windowMs = 2_000;
const sampleCount = windowMs / everyMs;
const share = 0.99;

/**
 * How long work that becomes ready waits for the event loop, over the last 2 s. A timer comes every
 * 20 ms; how late it is, is one sample. A loop that stood still for longer has kept all those
 * waiting who would have come meanwhile: one sample for each 20 ms of it, each 20 ms less. A pause
 * counts by its length so, and not as one late timer among many that were on time.
 */
export class LoopLag implements Disposable {
  readonly #clock: Clock;
  /** The last samples, the oldest overwritten first. */
  readonly #samples = new Float64Array(sampleCount);
  #next = 0;
  #dueMs = 0;
  #timer: Timer;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = this.#arm();
  }

  /** 99 of 100 moments would have waited less, or as long. */
  p99Ms(): number {
    return this.#samples.toSorted()[Math.ceil(share * sampleCount) - 1] ?? 0;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    this.#dueMs = this.#clock.monotonicMs() + everyMs;
    return this.#clock.after(everyMs, () => this.#tick());
  }

  #tick(): void {
    const lagMs = Math.max(0, this.#clock.monotonicMs() - this.#dueMs);
    const stoodStill = Math.min(Math.floor(lagMs / everyMs), sampleCount - 1);
    for (let step = stoodStill; step >= 0; step -= 1) {
      this.#samples[this.#next] = lagMs - step * everyMs;
      this.#next = (this.#next + 1) % sampleCount;
    }
    this.#timer = this.#arm();
  }
}
