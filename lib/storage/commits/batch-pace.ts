import type { Clock } from "../../time/clock.ts";

/** A batch costs about 60 us beside its rows: a busy process sends at most one a millisecond … */
const intervalMs = 1;
/** … one of which so many callers wait for every batch sends half as many … */
const crowd = 4;
const crowdedIntervalMs = 2;
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

  /** A batch has left that so many callers wait for. */
  sent(callers: number): void {
    const nextMs = callers < crowd ? intervalMs : crowdedIntervalMs;
    this.#promisedMs = Math.max(this.#promisedMs, this.#clock.monotonicMs()) + nextMs;
  }
}
