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
}

export const unlimited: KeyLimits = { addresses: [], expiresMs: null };

const setOf = (ranges: readonly string[]): AddressSet | null =>
  ranges.length === 0 ? null : new AddressSet(ranges);

/** Where the requests of keys, and of whole tenants, may come from (SEC-18). */
export class SenderLimits {
  readonly #keys = new Map<string, AddressSet>();
  #tenants: ReadonlyMap<string, AddressSet> = new Map();

  /** Takes the limits of a key in the place of those that it had. Throws for what is no range. */
  set(keyId: string, { addresses }: KeyLimits): void {
    const set = setOf(addresses);
    if (set === null) this.#keys.delete(keyId);
    else this.#keys.set(keyId, set);
  }

  forget(keyId: string): void {
    this.#keys.delete(keyId);
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
    const [own, shared] = [this.#keys.get(keyId), this.#tenants.get(tenant)];
    if (own === undefined && shared === undefined) return;
    const { clientAddress } = sender;
    const isIn = (set: AddressSet | undefined): boolean =>
      set === undefined || (clientAddress !== null && set.has(clientAddress));
    if (!isIn(own)) throw elsewhere(`key ${keyId}`, clientAddress);
    if (!isIn(shared)) throw elsewhere(`a key of tenant ${tenant}`, clientAddress);
  }
}

/** The list itself is not told: whoever has a stolen key would learn where to go. */
function elsewhere(what: string, address: string | null): Failure<Code> {
  const from = address === null ? "an address that nobody knows" : address;
  const message = `Cannot use ${what} from ${from}: it is not in the list of its addresses`;
  return new Failure<Code>("forbidden", message);
}
