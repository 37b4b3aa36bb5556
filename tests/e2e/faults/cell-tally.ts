import { nameOf, type FaultCell } from "./fault-cell.ts";

interface Counted {
  n: number;
  ok: number;
  /** What went wrong first. */
  error: string | null;
}

/** How often each cell was played, and how often it came out as the table says. */
export class CellTally {
  readonly #cells = new Map<string, Counted>();

  /** Counts these cells as played once; `failed` by their names. */
  add(played: readonly FaultCell[], failed: ReadonlyMap<string, unknown>): void {
    for (const cell of played) {
      const name = nameOf(cell);
      const counted = this.#cells.get(name) ?? { n: 0, ok: 0, error: null };
      this.#cells.set(name, counted);
      counted.n += 1;
      if (failed.has(name)) counted.error ??= String(failed.get(name));
      else counted.ok += 1;
    }
  }

  get cells(): number {
    return this.#cells.size;
  }

  get n(): number {
    return this.#sum(({ n }) => n);
  }

  get ok(): number {
    return this.#sum(({ ok }) => ok);
  }

  /** Every cell, or those that failed; what went wrong stands below its cell. */
  lines(target: string, showsAll: boolean): string[] {
    return [...this.#cells].flatMap(([name, { n, ok, error }]) => {
      if (ok === n && !showsAll) return [];
      const line = `${target}: ${name}\t${n}\t${ok}`;
      return error === null ? [line] : [line, error.replaceAll(/^/gm, "    ")];
    });
  }

  #sum(figure: (counted: Counted) => number): number {
    return [...this.#cells.values()].reduce((sum, counted) => sum + figure(counted), 0);
  }
}
