import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";

/** Draws for one part of a world; a part's own fork is not shifted by what others draw. */
export class Dice {
  readonly random: SeededRandom;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  fork(label: string): Dice {
    return new Dice(this.random.fork(label));
  }

  chance(probability: number): boolean {
    return this.random.float() < probability;
  }

  /** A float in [min, max). */
  between(min: number, max: number): number {
    return min + this.random.float() * (max - min);
  }

  /** An integer in [min, max]. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.random.float() * (max - min + 1));
  }

  /** An integer in [min, max], each order of magnitude as likely as any other. */
  magnitude(min: number, max: number): number {
    const [low, high] = [Math.log(min), Math.log(max + 1)];
    return Math.min(max, Math.floor(Math.exp(this.between(low, high))));
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.whole(0, list.length - 1)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  /** A name by its share of the sum of all shares. */
  weighted<Name extends string>(shares: Readonly<Record<Name, number>>): Name {
    // Object.entries forgets the names' type; their order is that of the table.
    const entries = Object.entries(shares) as [Name, number][];
    let left = this.random.float() * entries.reduce((sum, [, share]) => sum + share, 0);
    for (const [name, share] of entries) {
      left -= share;
      if (left < 0) return name;
    }
    return this.pick(entries)[0];
  }
}
