import type { Clock } from "../time/clock.ts";

/** A batch costs about 30 us beside its rows: a busy process sends at most one a millisecond … */
const intervalMs = 1;
/** … and a quiet one does not wait: so many may leave at once after a pause. */
const burst = 4;

/** Says when the next batch may leave: more callers share one when there are many. */
export class BatchPace {
  readonly #clock: Clock;
  /** When the batches that left would have left at the pace of one per interval. */
  #promisedMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 when a batch may leave now. */
  waitMs(): number {
    const aheadMs = this.#promisedMs - this.#clock.monotonicMs();
    return Math.max(0, aheadMs - (burst - 1) * intervalMs);
  }

  sent(): void {
    this.#promisedMs = Math.max(this.#promisedMs, this.#clock.monotonicMs()) + intervalMs;
  }
}
