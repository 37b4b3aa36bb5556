import { BlockList, isIP } from "node:net";

/**
 * Addresses by CIDR. One list per family: in a shared one a range of IPv6 that holds the
 * IPv4-mapped addresses would also match every address of IPv4.
 */
export class AddressSet {
  readonly #lists = { 4: new BlockList(), 6: new BlockList() };

  constructor(cidrs: Iterable<string> = []) {
    for (const cidr of cidrs) {
      if (!this.add(cidr)) throw new RangeError(`Cannot read the address range "${cidr}"`);
    }
  }

  get isEmpty(): boolean {
    return this.#lists[4].rules.length + this.#lists[6].rules.length === 0;
  }

  /**
   * False, and nothing added, for what is neither a range nor an address. A prefix has at least one
   * bit.
   */
  add(cidr: string): boolean {
    const [network = "", written, more] = cidr.split("/");
    const family = familyOf(network);
    const prefix = written ?? (family === 4 ? "32" : "128");
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
    if (family === null || more !== undefined) return false;
    if (bits < 1 || bits > (family === 4 ? 32 : 128)) return false;
    this.#lists[family].addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
    return true;
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const family = familyOf(address);
    if (family === null) return false;
    return this.#lists[family].check(address, family === 4 ? "ipv4" : "ipv6");
  }
}

/** Null for what is no address, and for one that names an interface. */
export function familyOf(address: string): 4 | 6 | null {
  const family = isIP(address);
  return (family === 4 || family === 6) && !address.includes("%") ? family : null;
}
