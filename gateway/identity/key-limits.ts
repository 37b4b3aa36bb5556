import { Failure } from "@sekisho/lib/failure/failure.ts";
import { AddressSet } from "@sekisho/lib/http/address-set.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Sender } from "../credential.ts";
import type { Principal } from "../principal.ts";

/** Where and for how long a key is good. It does not change what the key may do. */
export interface KeyLimits {
  /** Addresses and ranges that its requests may come from; none: from anywhere. */
  readonly addresses: readonly string[];
  /** Epoch milliseconds; null: until it is revoked. */
  readonly expiresMs: number | null;
  /**
   * Pages that may use it in a browser, as `https://shop.example`. None: no page is told an answer.
   */
  readonly origins: readonly string[];
}

export const unlimited: KeyLimits = { addresses: [], expiresMs: null, origins: [] };

/** Tokens of an issuer are limited alike, whoever they are of: `oidc:corp:acme` as `oidc:corp`. */
const limitedAs = (keyId: string): string =>
  keyId.startsWith("oidc:") ? keyId.slice(0, keyId.indexOf(":", "oidc:".length)) : keyId;

const setOf = (ranges: readonly string[]): AddressSet | null =>
  ranges.length === 0 ? null : new AddressSet(ranges);

/** The origins that some key names. */
export type KnownOrigins = Pick<ReadonlyMap<string, unknown>, "has" | "size">;

/** Where the requests of keys, and of whole tenants, may come from (SEC-18, SEC-19). */
export class SenderLimits {
  readonly #keys = new Map<string, AddressSet>();
  readonly #origins = new Map<string, ReadonlySet<string>>();
  /** How many keys name an origin. */
  readonly #known = new Map<string, number>();
  #tenants: ReadonlyMap<string, AddressSet> = new Map();

  /** Takes the limits of a key in the place of those that it had. Throws for what is no range. */
  set(keyId: string, { addresses, origins }: KeyLimits): void {
    const set = setOf(addresses);
    this.forget(keyId);
    if (set !== null) this.#keys.set(keyId, set);
    if (origins.length > 0) this.#origins.set(keyId, new Set(origins));
    for (const origin of origins) this.#known.set(origin, (this.#known.get(origin) ?? 0) + 1);
  }

  forget(keyId: string): void {
    this.#keys.delete(keyId);
    for (const origin of this.#origins.get(keyId) ?? []) {
      const others = (this.#known.get(origin) ?? 0) - 1;
      if (others > 0) this.#known.set(origin, others);
      else this.#known.delete(origin);
    }
    this.#origins.delete(keyId);
  }

  /** Of all keys; it changes with them. */
  get origins(): KnownOrigins {
    return this.#known;
  }

  /** The ranges of every tenant; throws for what is none. */
  setTenants(tenants: ReadonlyMap<string, readonly string[]>): void {
    const sets = new Map<string, AddressSet>();
    for (const [tenant, ranges] of tenants) {
      const set = setOf(ranges);
      if (set !== null) sets.set(tenant, set);
    }
    this.#tenants = sets;
  }

  /** Throws Failure `forbidden` for a request from elsewhere. Null: the process itself asks. */
  check({ keyId, tenant }: Pick<Principal, "keyId" | "tenant">, sender: Sender | null): void {
    if (sender === null) return;
    const owner = limitedAs(keyId);
    this.#checkOrigin(owner, sender);
    const [own, shared] = [this.#keys.get(owner), this.#tenants.get(tenant)];
    if (own === undefined && shared === undefined) return;
    const { clientAddress } = sender;
    const isIn = (set: AddressSet | undefined): boolean =>
      set === undefined || (clientAddress !== null && set.has(clientAddress));
    if (!isIn(own)) throw elsewhere(`key ${keyId}`, clientAddress);
    if (!isIn(shared)) throw elsewhere(`a key of tenant ${tenant}`, clientAddress);
  }

  /** Only browsers say where a page is from, and pages cannot make them lie. */
  #checkOrigin(keyId: string, sender: Sender): void {
    const origins = this.#origins.get(keyId);
    const origin = origins === undefined ? undefined : sender.header("origin");
    if (origin === undefined || origins?.has(origin) === true) return;
    const why = "it is not in the list of its origins";
    throw new Failure<Code>("forbidden", `Cannot use key ${keyId} from this page: ${why}`);
  }
}

/** The list itself is not told: whoever has a stolen key would learn where to go. */
function elsewhere(what: string, address: string | null): Failure<Code> {
  const from = address === null ? "an address that nobody knows" : address;
  const message = `Cannot use ${what} from ${from}: it is not in the list of its addresses`;
  return new Failure<Code>("forbidden", message);
}
