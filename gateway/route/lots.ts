import type { Random } from "@sekisho/lib/random/random.ts";
import type { Lot } from "@sekisho/lib/resilience/balance.ts";
import type { ModelEntry } from "../model-entry.ts";

/** What a balancer decides by: the calls of an entry are counted, so that their plan is pure. */
export class Lots {
  readonly #random: Random;
  readonly #turns = new WeakMap<ModelEntry, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  draw(entry: ModelEntry): Lot {
    const turn = this.#turns.get(entry) ?? 0;
    this.#turns.set(entry, turn + 1);
    return { turn, draw: this.#random.uint32() };
  }

  /** What the next call would draw; it does not count. */
  peek(entry: ModelEntry): Lot {
    return { turn: this.#turns.get(entry) ?? 0, draw: this.#random.uint32() };
  }
}
