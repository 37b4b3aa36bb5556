import { Failure } from "../failure/failure.ts";
import type { EgressCode } from "./egress.ts";
import { orAborted } from "../time/time-limit.ts";

export interface FetchGateOptions {
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
}

/** Lets a limited number in at a time; the others wait in the order they came. */
export class FetchGate {
  readonly #options: FetchGateOptions;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(options: FetchGateOptions) {
    this.#options = options;
  }

  /** Throws Failure `overloaded` when too many wait, or the signal's reason. */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#inside < this.#options.maxAtOnce) this.#inside += 1;
    else await this.#wait(signal);
    return { [Symbol.dispose]: () => this.#leave() };
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { maxWaiting } = this.#options;
    if (this.#waiting.length >= maxWaiting) {
      const fault = `${maxWaiting} others wait to be fetched, which is the limit`;
      throw new Failure<EgressCode>("overloaded", fault);
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    try {
      await orAborted(turn.promise, signal);
    } catch (reason) {
      const place = this.#waiting.indexOf(turn.resolve);
      // The turn had come already: somebody else takes it.
      if (place === -1) this.#leave();
      else this.#waiting.splice(place, 1);
      throw reason;
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    // The place goes over to who waited: the count stays.
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}
