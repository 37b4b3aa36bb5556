/**
 * Sums of the latest steps of time, a fixed number of columns each. Steps are numbered by whole
 * numbers; nothing runs by a timer: a step that nobody added to reads as zeros, and adding to a new
 * one forgets the oldest. Its memory never grows.
 */
export class StepRing {
  readonly steps: number;
  readonly columns: number;
  readonly #values: Float64Array;
  #newest: number | null = null;

  constructor(steps: number, columns: number) {
    this.steps = steps;
    this.columns = columns;
    this.#values = new Float64Array(steps * columns);
  }

  /** The latest step that was added to; null when none was. */
  get newest(): number | null {
    return this.#newest;
  }

  /** A step that is already forgotten takes nothing. */
  add(step: number, column: number, amount: number): void {
    if (!this.#reach(step)) return;
    const at = this.#at(step, column);
    this.#values[at] = (this.#values[at] ?? 0) + amount;
  }

  set(step: number, column: number, value: number): void {
    if (this.#reach(step)) this.#values[this.#at(step, column)] = value;
  }

  /** 0 for a step that is forgotten or still to come. */
  get(step: number, column: number): number {
    const newest = this.#newest;
    if (newest === null || step > newest || step <= newest - this.steps) return 0;
    return this.#values[this.#at(step, column)] ?? 0;
  }

  /** The sum of a column over the steps `from` to `to`, both included. */
  sum(column: number, from: number, to: number): number {
    const newest = this.#newest;
    if (newest === null) return 0;
    let sum = 0;
    const first = Math.max(from, newest - this.steps + 1);
    for (let step = first; step <= Math.min(to, newest); step++) sum += this.get(step, column);
    return sum;
  }

  /** Makes room for a step; false when it is already forgotten. */
  #reach(step: number): boolean {
    const newest = this.#newest ?? step - this.steps;
    if (step <= newest - this.steps) return false;
    if (step > newest) {
      const first = Math.max(newest + 1, step - this.steps + 1);
      for (let fresh = first; fresh <= step; fresh++) {
        const at = this.#at(fresh, 0);
        this.#values.fill(0, at, at + this.columns);
      }
      this.#newest = step;
    }
    return true;
  }

  #at(step: number, column: number): number {
    const row = ((step % this.steps) + this.steps) % this.steps;
    return row * this.columns + column;
  }
}
