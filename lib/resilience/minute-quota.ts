/** Kept by the second, of which the oldest is not whole: so a minute is never cut short. */
const windowS = 61;
const secondMs = 1_000;

/** A refusal halves the limit; calls that were under way then are refused too and say no more. */
const decrease = 0.5;
const echoMs = 5_000;
/** What was halved is whole again after a minute without a refusal. */
const recoveryMs = 120_000;
/** Never less than this share of what was declared: a limit of nothing learns nothing. */
const leastShare = 1 / 16;

/**
 * What another side grants in any minute, as it counts: what a call may come to is taken up front
 * and corrected when it is known. The limit is what was declared; each refusal of the other side
 * halves it, and time brings it back by equal steps (AIMD). Amounts are kept by the second, and
 * time that steps back counts as the latest.
 */
export class MinuteQuota {
  readonly #declared: number;
  readonly #taken = new Float64Array(windowS);
  #second = 0;
  #sum = 0;
  /** The limit was this at this time, and grows from there. */
  #base: number;
  #baseMs = 0;
  #refusedMs = -Infinity;

  constructor(perMinute: number) {
    this.#declared = perMinute;
    this.#base = perMinute;
  }

  /** What may be taken in a minute now. */
  limit(nowMs: number): number {
    const grown = (this.#declared * Math.max(0, nowMs - this.#baseMs)) / recoveryMs;
    return Math.min(this.#declared, this.#base + grown);
  }

  /** What the last minute has taken. */
  used(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(0, this.#sum);
  }

  hasRoom(amount: number, nowMs: number): boolean {
    return this.used(nowMs) + amount <= this.limit(nowMs);
  }

  /** Counts it whether there is room or not. */
  take(amount: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#add(this.#second, amount);
  }

  /**
   * What was taken at `atMs` came to so much more, or less: less is given back as long as it
   * counts, more counts from now on.
   */
  correct(more: number, atMs: number, nowMs: number): void {
    this.#advance(nowMs);
    if (more > 0) return this.#add(this.#second, more);
    const second = Math.min(this.#second, Math.floor(atMs / secondMs));
    if (second > this.#second - windowS) this.#add(second, more);
  }

  /** The other side refused what the limit would have granted. */
  refused(nowMs: number): void {
    if (nowMs - this.#refusedMs < echoMs) return;
    this.#refusedMs = nowMs;
    this.#base = Math.max(this.#declared * leastShare, this.limit(nowMs) * decrease);
    this.#baseMs = nowMs;
  }

  #add(second: number, amount: number): void {
    const place = second % windowS;
    this.#taken[place] = (this.#taken[place] ?? 0) + amount;
    this.#sum += amount;
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / secondMs);
    if (second <= this.#second) return;
    const passed = Math.min(second - this.#second, windowS);
    for (let n = 1; n <= passed; n += 1) {
      const place = (this.#second + n) % windowS;
      this.#sum -= this.#taken[place] ?? 0;
      this.#taken[place] = 0;
    }
    this.#second = second;
  }
}
