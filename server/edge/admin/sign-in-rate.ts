import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Gcra } from "@sekisho/lib/resilience/gcra.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** So many wrong keys at once, and one more each five seconds. */
const rate = { ratePerSecond: 0.2, burst: 5 };

/** Addresses beyond share one allowance. */
const addressLimit = 1_000;

/** Wrong keys at the door of the console, by address. Right ones cost nothing. */
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
    const retryAfterMs = this.#of(address).waitMs(this.#clock.monotonicMs());
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
    this.#of(address).admit(this.#clock.monotonicMs());
  }

  #of(address: string): Gcra {
    const isNew = !this.#failures.has(address) && this.#failures.size >= addressLimit;
    const name = isNew ? "" : address;
    const known = this.#failures.get(name) ?? new Gcra(rate);
    this.#failures.set(name, known);
    return known;
  }
}
