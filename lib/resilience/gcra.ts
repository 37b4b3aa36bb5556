export interface GcraRate {
  readonly ratePerSecond: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
}

/** Work is counted in thousandths of a request: at r per second, one millisecond pays for r. */
const workPerRequest = 1_000;

/**
 * The generic cell rate algorithm: never more than `burst` at once, never more than
 * `burst + rate × t` in any span of t. Exact for whole milliseconds and whole rates, since one
 * request adds a whole number and nothing is ever divided; its state is that one number. Time is
 * monotonic milliseconds.
 */
export class Gcra {
  readonly #rate: number;
  readonly #maxAhead: number;
  /** Work promised so far, on the axis `nowMs × rate`: the "theoretical arrival" of the paper. */
  #promised = -Infinity;

  constructor({ ratePerSecond, burst }: GcraRate) {
    this.#rate = ratePerSecond;
    this.#maxAhead = (burst - 1) * workPerRequest;
  }

  /** Takes one request and returns 0, or takes nothing and returns how long to wait. */
  admit(nowMs: number): number {
    const waitMs = this.waitMs(nowMs);
    if (waitMs === 0) {
      this.#promised = Math.max(this.#promised, nowMs * this.#rate) + workPerRequest;
    }
    return waitMs;
  }

  /** What `admit` would return, in whole milliseconds rounded up. Takes nothing. */
  waitMs(nowMs: number): number {
    const excess = this.#promised - nowMs * this.#rate - this.#maxAhead;
    return excess > 0 ? Math.ceil(excess / this.#rate) : 0;
  }

  /** Gives back one request that was admitted. The level never passes `burst`. */
  refund(): void {
    this.#promised -= workPerRequest;
  }

  /** How many would be admitted at once now. */
  remaining(nowMs: number): number {
    const ahead = Math.max(0, this.#promised - nowMs * this.#rate);
    return Math.max(0, Math.floor((this.#maxAhead + workPerRequest - ahead) / workPerRequest));
  }
}
