import type { Random } from "@sekisho/lib/random/random.ts";
import type { Lot } from "@sekisho/lib/resilience/balance.ts";
import type { ModelEntry } from "../model-entry.ts";

/** The calls of an entry so far, and the number that its next one will draw, once it was told. */
interface Tally {
  turn: number;
  told: number | null;
}

/** What a balancer decides by: the calls of an entry are counted, so that their plan is pure. */
export class Lots {
  readonly #random: Random;
  readonly #tallies = new WeakMap<ModelEntry, Tally>();

  constructor(random: Random) {
    this.#random = random;
  }

  draw(entry: ModelEntry): Lot {
    const tally = this.#tally(entry);
    const lot = { turn: tally.turn, draw: tally.told ?? this.#random.uint32() };
    tally.turn += 1;
    tally.told = null;
    return lot;
  }

  /** What the next call will draw; it does not count. */
  peek(entry: ModelEntry): Lot {
    const tally = this.#tally(entry);
    tally.told ??= this.#random.uint32();
    return { turn: tally.turn, draw: tally.told };
  }

  #tally(entry: ModelEntry): Tally {
    const known = this.#tallies.get(entry);
    if (known !== undefined) return known;
    const fresh = { turn: 0, told: null };
    this.#tallies.set(entry, fresh);
    return fresh;
  }
}
