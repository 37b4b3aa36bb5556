/** So small that a steady load that begins to fail fills half of a window of 3 s within 1.75 s. */
const bucketMs = 500;

export interface Samples {
  readonly total: number;
  readonly failures: number;
}

/**
 * Successes and failures by the half second. One leaves the window when all of it is too old, so a
 * window is never shorter than asked and less than 0.5 s longer. They are dropped by their time:
 * an idle day costs as much as an idle minute. A time that steps back counts as the latest one.
 */
export class SampleWindow {
  /** Two counts for each bucket, successes and failures, in a ring. */
  readonly #counts: Uint32Array;
  readonly #buckets: number;
  /** The latest bucket and its place in the ring. */
  #bucket = -1;
  #place = 0;
  #bucketEndMs = 0;

  constructor(longestMs: number) {
    this.#buckets = Math.ceil(longestMs / bucketMs) + 1;
    this.#counts = new Uint32Array(2 * this.#buckets);
  }

  success(nowMs: number): void {
    if (nowMs >= this.#bucketEndMs) this.#advance(nowMs);
    this.#add(this.#place);
  }

  failure(nowMs: number): void {
    if (nowMs >= this.#bucketEndMs) this.#advance(nowMs);
    this.#add(this.#place + 1);
  }

  clear(): void {
    this.#counts.fill(0);
  }

  within(windowMs: number, nowMs: number): Samples {
    const first = Math.floor((nowMs - windowMs) / bucketMs);
    const span = Math.min(this.#bucket - first + 1, this.#buckets);
    let total = 0;
    let failures = 0;
    let place = this.#place;
    for (let n = 0; n < span; n++) {
      const failed = this.#count(place + 1);
      total += this.#count(place) + failed;
      failures += failed;
      place = place === 0 ? this.#counts.length - 2 : place - 2;
    }
    return { total, failures };
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs);
    const steps = Math.min(bucket - this.#bucket, this.#buckets);
    for (let n = 0; n < steps; n++) {
      this.#place = (this.#place + 2) % this.#counts.length;
      this.#counts[this.#place] = 0;
      this.#counts[this.#place + 1] = 0;
    }
    this.#bucket = bucket;
    this.#bucketEndMs = (bucket + 1) * bucketMs;
  }

  #add(index: number): void {
    this.#counts[index] = this.#count(index) + 1;
  }

  #count(index: number): number {
    return this.#counts[index] ?? 0;
  }
}
