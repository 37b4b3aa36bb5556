import { Failure } from "@sekisho/lib/failure/failure.ts";
import { neighbourhoodOf } from "@sekisho/lib/http/neighbourhood.ts";
import { Gcra } from "@sekisho/lib/resilience/gcra.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** So many wrong keys at once, and one more each five seconds. */
const rate = { ratePerSecond: 0.2, burst: 5 };

/** Addresses beyond share one allowance. */
const addressLimit = 1_000;

/** Stands for all of those. */
const others = "";

/**
 * Wrong keys at the door of the console, by address; of IPv6 a whole /64 is one. Right ones cost
 * nothing. Who has its whole allowance again is forgotten: strangers of last week take no place.
 */
export class SignInRate {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Gcra>();

  readonly #told: (address: string) => void;

  /** `told` hears of each failure here: other processes count it too. */
  constructor(clock: Clock, told: (address: string) => void = () => {}) {
    this.#clock = clock;
    this.#told = told;
  }

  /** Throws Failure `rate_limited` while an address has failed too often. */
  check(address: string): void {
    const nowMs = this.#clock.monotonicMs();
    const retryAfterMs = this.#failures.get(this.#nameOf(address))?.waitMs(nowMs) ?? 0;
    if (retryAfterMs === 0) return;
    const message = `Cannot sign in: ${rate.burst} wrong keys, one more each 5 s`;
    throw new Failure<Code>("rate_limited", message, { retryAfterMs });
  }

  failed(address: string): void {
    this.failedElsewhere(address);
    this.#told(address);
  }

  /** The same of a failure that another process has told of. */
  failedElsewhere(address: string): void {
    const name = this.#nameOf(address);
    const known = this.#failures.get(name) ?? new Gcra(rate);
    known.admit(this.#clock.monotonicMs());
    this.#failures.set(name, known);
  }

  #nameOf(address: string): string {
    const name = neighbourhoodOf(address);
    if (this.#failures.has(name) || this.#failures.size < addressLimit) return name;
    const nowMs = this.#clock.monotonicMs();
    for (const [each, failures] of this.#failures) {
      if (failures.remaining(nowMs) === rate.burst) this.#failures.delete(each);
    }
    return this.#failures.size < addressLimit ? name : others;
  }
}
