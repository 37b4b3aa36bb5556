/**
 * Measured values, all of them: a run has less than a few million, and exact quantiles need no
 * argument about bucket widths when two candidates differ by 5 %.
 */
export class Samples {
  #values = new Float64Array(4096);
  #count = 0;
  #sorted = true;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
    this.#sorted = false;
  }

  /** The value at rank ⌈share × count⌉; 0 when nothing was measured. */
  quantile(share: number): number {
    if (this.#count === 0) return 0;
    const used = this.#values.subarray(0, this.#count);
    if (!this.#sorted) used.sort();
    this.#sorted = true;
    return used[Math.max(0, Math.ceil(share * this.#count) - 1)]!;
  }

  clear(): void {
    this.#count = 0;
    this.#sorted = true;
  }
}

/** The middle value, the lower one of two; NaN when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}
