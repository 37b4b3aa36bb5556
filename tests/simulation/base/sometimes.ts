import { rarePaths, type RarePath } from "./sometimes.data.ts";

/** Counts how often rare paths were reached: a rule on a path that no seed takes proves nothing. */
export class Sometimes {
  readonly #counts = new Map<RarePath, number>();

  reached(path: RarePath): void {
    this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
  }

  count(path: RarePath): number {
    return this.#counts.get(path) ?? 0;
  }

  add(other: Sometimes): void {
    for (const [path, count] of other.#counts) {
      this.#counts.set(path, (this.#counts.get(path) ?? 0) + count);
    }
  }

  get never(): RarePath[] {
    return allPaths.filter((path) => this.count(path) === 0);
  }

  /** Every path with its count, in the order of the table. */
  get table(): (readonly [path: RarePath, count: number])[] {
    return allPaths.map((path) => [path, this.count(path)] as const);
  }
}

// Object.keys forgets the keys' type.
const allPaths = Object.keys(rarePaths) as RarePath[];
