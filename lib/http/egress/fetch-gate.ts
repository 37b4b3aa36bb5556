import { Failure } from "../../failure/failure.ts";
import { orAborted } from "../../time/time-limit.ts";
import type { EgressCode } from "../egress.ts";

export interface FetchGateOptions {
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  /** Of these, what one party may have: it leaves room for the others. */
  readonly maxAtOnceEach: number;
  readonly maxWaitingEach: number;
}

interface Turn {
  readonly party: string;
  readonly come: () => void;
}

/**
 * Lets a limited number in at a time; the others wait in the order they came, but nobody waits for
 * a party that has its share. Nobody waits who could be inside.
 */
export class FetchGate {
  readonly #options: FetchGateOptions;
  readonly #waiting: Turn[] = [];
  readonly #insideBy = new Map<string, number>();
  #inside = 0;

  constructor(options: FetchGateOptions) {
    this.#options = options;
  }

  /** Throws Failure `overloaded` when too many wait, or the signal's reason. */
  async enter(party: string, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#hasRoom(party)) this.#count(party, 1);
    else await this.#wait(party, signal);
    return { [Symbol.dispose]: () => this.#leave(party) };
  }

  async #wait(party: string, signal: AbortSignal): Promise<void> {
    this.#checkLine(party);
    const { promise, resolve } = Promise.withResolvers<void>();
    const turn: Turn = { party, come: resolve };
    this.#waiting.push(turn);
    try {
      await orAborted(promise, signal);
    } catch (reason) {
      const place = this.#waiting.indexOf(turn);
      // The turn had come already: somebody else takes it.
      if (place === -1) this.#leave(party);
      else this.#waiting.splice(place, 1);
      throw reason;
    }
  }

  #checkLine(party: string): void {
    const { maxWaiting, maxWaitingEach } = this.#options;
    const ofParty = this.#waiting.filter((turn) => turn.party === party).length;
    if (this.#waiting.length < maxWaiting && ofParty < maxWaitingEach) return;
    const others =
      ofParty < maxWaitingEach ? `${maxWaiting} others` : `${maxWaitingEach} of the same party`;
    const fault = `${others} wait to be fetched, which is the limit`;
    throw new Failure<EgressCode>("overloaded", fault);
  }

  #hasRoom(party: string): boolean {
    const { maxAtOnce, maxAtOnceEach } = this.#options;
    return this.#inside < maxAtOnce && (this.#insideBy.get(party) ?? 0) < maxAtOnceEach;
  }

  #count(party: string, change: 1 | -1): void {
    this.#inside += change;
    const inside = (this.#insideBy.get(party) ?? 0) + change;
    if (inside === 0) this.#insideBy.delete(party);
    else this.#insideBy.set(party, inside);
  }

  #leave(party: string): void {
    this.#count(party, -1);
    const place = this.#waiting.findIndex((turn) => this.#hasRoom(turn.party));
    const [next] = place === -1 ? [] : this.#waiting.splice(place, 1);
    if (next === undefined) return;
    this.#count(next.party, 1);
    next.come();
  }
}
