/**
 * Calls `arrive` at a fixed rate with the time at which each arrival was due. A late call does not
 * move the ones after it, so a server that stalls is charged for every request it kept waiting.
 */
export class Arrivals {
  readonly #intervalMs: number;
  readonly #untilMs: number;
  readonly #arrive: (dueAt: number) => void;
  #nextMs: number;

  /** From `fromMs` up to `untilMs`, both on the scale of `performance.now()`. */
  constructor(
    ratePerSecond: number,
    span: { readonly fromMs: number; readonly untilMs: number },
    arrive: (dueAt: number) => void,
  ) {
    this.#intervalMs = 1000 / ratePerSecond;
    this.#nextMs = span.fromMs;
    this.#untilMs = span.untilMs;
    this.#arrive = arrive;
  }

  run(): void {
    const now = performance.now();
    while (this.#nextMs <= now && this.#nextMs < this.#untilMs) {
      const dueAt = this.#nextMs;
      this.#nextMs += this.#intervalMs;
      this.#arrive(dueAt);
    }
    if (this.#nextMs >= this.#untilMs) return;
    const waitMs = this.#nextMs - performance.now();
    // A timer has whole milliseconds. The rest is spent polling, since an arrival that is half a
    // millisecond late would be measured as half a millisecond of latency.
    if (waitMs >= 1.2) setTimeout(() => this.run(), Math.floor(waitMs - 0.2));
    else setImmediate(() => this.run());
  }
}
