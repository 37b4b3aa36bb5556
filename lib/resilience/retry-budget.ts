export interface RetryBudgetLimits {
  /** The level it starts at and never passes. */
  readonly cap: number;
  /** What each first attempt adds, exact to a thousandth. */
  readonly perFirst: number;
  /** So many retries pass in any time of `floorWindowMs`, whatever the level is. */
  readonly floor: number;
  readonly floorWindowMs: number;
}

/** The level is kept in thousandths: ten times a tenth is one retry. */
const perRetry = 1_000;

/**
 * How many retries one other side is sent: what first attempts have paid for, or a few.
 *
 * Of n first attempts in t seconds at most cap + perFirst × n + floor × (t / window + 1) pass. The
 * floor looks at all retries of its window, also at those that were paid for, and what it lets
 * pass is a debt, of at most as many. So it adds nothing where first attempts pay for as many:
 * with 0.1 each and 3 in 10 s, from a steady 3 first attempts a second on, a side that fails all
 * of them is sent at most 1.1 times their number beyond the cap.
 */
export class RetryBudget {
  readonly #floorWindowMs: number;
  readonly #perFirst: number;
  readonly #most: number;
  readonly #least: number;
  /** When the latest retries passed, as many as the floor, in a ring. */
  readonly #latestMs: number[];
  #oldest = 0;
  #level: number;
  /** As they were before the last retry was taken. */
  #levelBefore: number;
  #replacedMs = -Infinity;

  constructor(limits: RetryBudgetLimits) {
    this.#floorWindowMs = limits.floorWindowMs;
    this.#perFirst = Math.round(limits.perFirst * perRetry);
    this.#latestMs = Array.from({ length: limits.floor }, () => -Infinity);
    this.#most = limits.cap * perRetry;
    this.#least = -limits.floor * perRetry;
    this.#level = this.#most;
    this.#levelBefore = this.#most;
  }

  /** A first attempt is sent. */
  first(): void {
    this.#add(this.#perFirst);
  }

  /** Whether a retry may be sent; if so it is counted. */
  take(nowMs: number): boolean {
    if (this.#level < perRetry && this.#free(nowMs) === 0) return false;
    this.#levelBefore = this.#level;
    this.#level = Math.max(this.#least, this.#level - perRetry);
    if (this.#latestMs.length > 0) {
      this.#replacedMs = this.#latestMs[this.#oldest] ?? -Infinity;
      this.#latestMs[this.#oldest] = nowMs;
      this.#oldest = (this.#oldest + 1) % this.#latestMs.length;
    }
    return true;
  }

  /** The retry that was taken last was not sent: all is as it was before. Once for each. */
  refund(): void {
    this.#level = this.#levelBefore;
    if (this.#latestMs.length === 0) return;
    this.#oldest = (this.#oldest + this.#latestMs.length - 1) % this.#latestMs.length;
    this.#latestMs[this.#oldest] = this.#replacedMs;
  }

  /** How many retries would pass now. */
  left(nowMs: number): number {
    return Math.max(Math.floor(this.#level / perRetry), this.#free(nowMs));
  }

  #add(thousandths: number): void {
    this.#level = Math.min(this.#most, this.#level + thousandths);
  }

  /** What the floor would let pass now. */
  #free(nowMs: number): number {
    let free = 0;
    for (const atMs of this.#latestMs) if (nowMs - atMs >= this.#floorWindowMs) free += 1;
    return free;
  }
}
