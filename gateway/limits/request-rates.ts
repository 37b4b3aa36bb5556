import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Gcra } from "@sekisho/lib/resilience/gcra.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";

/** How fast a key may send. */
export interface RequestRate {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Requests per second and key (MON-13). Refusals consume nothing. */
export class RequestRates {
  readonly #clock: Clock;
  #rateOf: (principal: Principal) => RequestRate;
  #buckets = new Map<string, { readonly rate: RequestRate; readonly bucket: Gcra }>();

  constructor(clock: Clock, rateOf: (principal: Principal) => RequestRate) {
    this.#clock = clock;
    this.#rateOf = rateOf;
  }

  /** Takes the rates of a new configuration; buckets whose rate stays keep their level. */
  configure(rateOf: (principal: Principal) => RequestRate): void {
    this.#rateOf = rateOf;
  }

  /** Would `admit` refuse now? The cheap look before a body is read; it consumes nothing. */
  check(principal: Principal): void {
    const { rate, bucket } = this.#bucket(principal);
    const waitMs = bucket.waitMs(this.#clock.monotonicMs());
    if (waitMs > 0) throw refusal(rate, waitMs);
  }

  /** Takes one request off the key's bucket. Throws Failure `rate_limited` with a hint. */
  admit(principal: Principal): void {
    const { rate, bucket } = this.#bucket(principal);
    const waitMs = bucket.admit(this.#clock.monotonicMs());
    if (waitMs > 0) throw refusal(rate, waitMs);
  }

  /** Gives the request back: it was refused later on for a reason that costs nothing (MON-11). */
  refund(principal: Principal): void {
    this.#bucket(principal).bucket.refund();
  }

  #bucket(principal: Principal): { readonly rate: RequestRate; readonly bucket: Gcra } {
    const rate = this.#rateOf(principal);
    const known = this.#buckets.get(principal.keyId);
    if (known !== undefined && isSame(known.rate, rate)) return known;
    const fresh = {
      rate,
      bucket: new Gcra({ ratePerSecond: rate.requestsPerSecond, burst: rate.burst }),
    };
    this.#buckets.set(principal.keyId, fresh);
    return fresh;
  }
}

/** Every configuration has objects of its own: only what they say tells whether a rate changed. */
const isSame = (a: RequestRate, b: RequestRate): boolean =>
  a === b || (a.requestsPerSecond === b.requestsPerSecond && a.burst === b.burst);

const refusal = (rate: RequestRate, waitMs: number): Failure<Code> =>
  new Failure<Code>(
    "rate_limited",
    `Cannot accept the request: the key sends faster than ${rate.requestsPerSecond} requests ` +
      `per second with a burst of ${rate.burst}`,
    { retryAfterMs: Math.ceil(waitMs) },
  );
