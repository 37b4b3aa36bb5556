import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";
import { RateAccount } from "./rate-account.ts";
import { isFixed, rateOwner, type RateAsker, type RateLimit } from "./rate-limit.ts";

/** The accounts of a key, its team and its tenant, and the limits they were made for. */
interface FixedAccounts {
  readonly limits: readonly RateLimit[];
  readonly accounts: readonly RateAccount[];
  /** Limits of users, connections and models: each request says anew whose. */
  readonly named: readonly RateLimit[];
}

/** Clients choose users, connections and models: of a tenant so many have an account at once. */
const accountsOfTenant = 20_000;

/** Which accounts a request takes from. */
export class RateAccounts {
  readonly #most: number;
  /** A key is one object while it is valid. */
  readonly #keys = new WeakMap<Principal, FixedAccounts>();
  readonly #fixed = new Map<string, RateAccount>();
  readonly #named = new Map<string, NamedAccounts>();

  constructor(most: number = accountsOfTenant) {
    this.#most = most;
  }

  /**
   * Those of the asker under these limits, as far as they are known. Throws Failure `rate_limited`
   * where too many others have one.
   */
  of(asker: RateAsker, limits: readonly RateLimit[], nowMs: number): readonly RateAccount[] {
    const { accounts, named } = this.#ofKey(asker, limits);
    if (named.length === 0) return accounts;
    const found = accounts.slice();
    const ofTenant = this.#namedOf(asker.principal.tenant);
    for (const limit of named) {
      const owner = rateOwner(limit.scope, asker);
      if (owner !== null) found.push(ofTenant.of(owner, limit, { nowMs, kept: found }));
    }
    return found;
  }

  /** How many users, connections and models have an account. */
  get namedCount(): number {
    return [...this.#named.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Those of tenants, teams and keys. */
  get fixed(): ReadonlyMap<string, RateAccount> {
    return this.#fixed;
  }

  #ofKey(asker: RateAsker, limits: readonly RateLimit[]): FixedAccounts {
    const known = this.#keys.get(asker.principal);
    if (known?.limits === limits) return known;
    const accounts: RateAccount[] = [];
    for (const limit of limits) {
      const owner = isFixed[limit.scope] ? rateOwner(limit.scope, asker) : null;
      if (owner !== null) accounts.push(this.#fixedOf(owner, limit));
    }
    const fresh = { limits, accounts, named: limits.filter(({ scope }) => !isFixed[scope]) };
    this.#keys.set(asker.principal, fresh);
    return fresh;
  }

  #fixedOf(owner: string, limit: RateLimit): RateAccount {
    const known = this.#fixed.get(owner);
    if (known === undefined) {
      const fresh = new RateAccount(owner, limit);
      this.#fixed.set(owner, fresh);
      return fresh;
    }
    known.limitTo(limit);
    return known;
  }

  #namedOf(tenant: string): NamedAccounts {
    const known = this.#named.get(tenant) ?? new NamedAccounts(this.#most);
    this.#named.set(tenant, known);
    return known;
  }
}

interface Sweep {
  readonly nowMs: number;
  /** The same request takes from them too: as new as they are, they must not go. */
  readonly kept: readonly RateAccount[];
}

/** Looking over all accounts is not worth it more often. */
const sweepPauseMs = 100;

/** The users, connections and models of one tenant. */
class NamedAccounts {
  readonly #most: number;
  readonly #accounts = new Map<string, RateAccount>();
  /** No account can be forgotten before. */
  #sweepAtMs = -Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#accounts.size;
  }

  of(owner: string, limit: RateLimit, sweep: Sweep): RateAccount {
    const known = this.#accounts.get(owner);
    if (known !== undefined) {
      known.limitTo(limit);
      return known;
    }
    if (this.#accounts.size >= this.#most) this.#sweep(sweep);
    const fresh = new RateAccount(owner, limit);
    this.#accounts.set(owner, fresh);
    return fresh;
  }

  /**
   * Forgets the accounts that are as good as new. One that is not must stay: who comes back to it
   * would find it full. When none can go, nobody new is counted, and so nobody new is let in.
   */
  #sweep({ nowMs, kept }: Sweep): void {
    if (nowMs < this.#sweepAtMs) throw crowded(this.#most, this.#sweepAtMs - nowMs);
    let soonestMs = 1_000;
    for (const [owner, account] of this.#accounts) {
      const freshInMs = account.freshInMs(nowMs);
      if (freshInMs === 0 && !kept.includes(account)) this.#accounts.delete(owner);
      else soonestMs = Math.min(soonestMs, freshInMs);
    }
    if (this.#accounts.size < this.#most) return;
    const waitMs = Math.max(soonestMs, sweepPauseMs);
    this.#sweepAtMs = nowMs + waitMs;
    throw crowded(this.#most, waitMs);
  }
}

const crowded = (most: number, waitMs: number): Failure<Code> =>
  new Failure<Code>(
    "rate_limited",
    `Cannot accept the request: ${most} users, connections and models of the tenant have used ` +
      "their rates lately, and rates are kept for no more",
    {
      retryAfterMs: Math.ceil(waitMs),
      facts: { rateType: "tenant_rates", limit: most, used: most, retryAfterMs: Math.ceil(waitMs) },
    },
  );
