import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Claim } from "./claim-store.ts";

/** What another process changes of a name holds here after so long. */
export const trustMs = 250;

/** What is changed here is in the store by then; until then nothing is taken into memory. */
const changingMs = 5_000;

const mostClaims = 2_048;

interface Recent {
  readonly claim: Claim;
  /** Monotonic, before the store was asked. */
  readonly readMs: number;
}

/**
 * Names as the store had them a moment ago: a client that has lost an answer asks for it several
 * times, and many at once, and each look into the store takes 6 us.
 */
export class RecentClaims {
  readonly #clock: Clock;
  /** In the order in which they were read. */
  readonly #recent = new Map<string, Recent>();
  #fromMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#recent.size;
  }

  find(id: string): Claim | null {
    const known = this.#recent.get(id);
    if (known === undefined) return null;
    return this.#clock.monotonicMs() - known.readMs < trustMs ? known.claim : null;
  }

  keep(id: string, claim: Claim, readMs: number): void {
    if (readMs < this.#fromMs) return;
    this.#recent.delete(id);
    this.#recent.set(id, { claim, readMs });
    for (const [oldest, known] of this.#recent) {
      if (this.#recent.size <= mostClaims && readMs - known.readMs < trustMs) break;
      this.#recent.delete(oldest);
    }
  }

  /** The name is free: somebody else is about to take it. */
  drop(id: string): void {
    this.#recent.delete(id);
  }

  /** One of them is about to be changed in the store, by this process. */
  changing(): void {
    this.#recent.clear();
    this.#fromMs = this.#clock.monotonicMs() + changingMs;
  }
}
