import { SocketAddress } from "node:net";
import { AddressSet, familyOf } from "../address-set.ts";

/** More proxies than that in a row are nobody's. */
const maxHops = 32;

/**
 * The proxies whose word on where a request comes from is taken. Each adds the address that it saw
 * at the right end of `x-forwarded-for`; what stands left of an address that is no proxy of ours
 * anybody may have written.
 */
export class TrustedProxies {
  readonly #ranges: AddressSet;

  /** Addresses and ranges. Throws a RangeError for what is neither. */
  constructor(ranges: readonly string[]) {
    this.#ranges = new AddressSet(ranges);
  }

  /**
   * The first address, read from the right, that is no proxy of ours. Null where a proxy of ours
   * says something that is no address: then nobody knows.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string | null {
    if (!this.#ranges.has(peer)) return peer;
    let client = peer;
    const hops = forwardedFor === undefined ? [] : forwardedFor.split(",");
    if (hops.length > maxHops) return null;
    for (const hop of hops.toReversed()) {
      const address = addressIn(hop.trim());
      if (address === null) return null;
      client = address;
      if (!this.#ranges.has(address)) break;
    }
    return client;
  }
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withPort = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<four>\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/i;

function addressIn(hop: string): string | null {
  const groups = withPort.exec(hop)?.groups;
  return plainAddress(groups?.["six"] ?? groups?.["four"] ?? hop);
}

/** An address as systems write it; one of IPv4 that is written as IPv6 under its IPv4 name. */
function plainAddress(text: string): string | null {
  const family = familyOf(text);
  if (family !== 6) return family === null ? null : text;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  return /^::ffff:(?<four>\d{1,3}(?:\.\d{1,3}){3})$/.exec(address)?.groups?.["four"] ?? address;
}
