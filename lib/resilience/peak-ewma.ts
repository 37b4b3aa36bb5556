/**
 * A moving average that believes bad news at once: a greater sample is the new value, a smaller
 * one draws it down by 1 - e^(-t/tau) of the difference. Without samples it decays to 0, so that
 * whoever was slow is asked again. 0 before the first sample. Time is monotonic milliseconds.
 */
export class PeakEwma {
  readonly #tauMs: number;
  #value = 0;
  #atMs = 0;

  constructor(tauMs = 30_000) {
    this.#tauMs = tauMs;
  }

  sample(value: number, nowMs: number): void {
    const kept = this.#kept(nowMs);
    this.#value = value > this.#value ? value : this.#value * kept + value * (1 - kept);
    this.#atMs = nowMs;
  }

  value(nowMs: number): number {
    return this.#value * this.#kept(nowMs);
  }

  #kept(nowMs: number): number {
    return Math.exp(Math.min(0, this.#atMs - nowMs) / this.#tauMs);
  }
}
