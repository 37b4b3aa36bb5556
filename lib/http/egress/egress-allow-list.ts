import { AddressSet, familyOf } from "../address-set.ts";

/** A host and a port; null stands for 443 with https and 80 with http. */
interface AllowedHost {
  readonly hostname: string;
  readonly port: number | null;
}

/** Lower case, no brackets, no dot at the end: as hosts are compared. */
export const plainHostname = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");

/** The port of a scheme when the URL names none. */
export const defaultPort = (protocol: string): number => (protocol === "http:" ? 80 : 443);

/** What an operator opened: hosts as "host" or "host:port", and ranges of addresses as CIDR. */
export class EgressAllowList {
  readonly #hosts: readonly AllowedHost[];
  readonly #ranges = new AddressSet();

  /** Throws a RangeError that names an entry which is neither. */
  constructor(entries: readonly string[]) {
    this.#hosts = entries.flatMap((entry) => {
      if (entry.includes("/") && this.#ranges.add(entry)) return [];
      const host = hostOf(entry);
      if (host === null) {
        throw new RangeError(
          `Cannot allow "${entry}": it is neither host, nor host:port, nor a range of addresses`,
        );
      }
      return [host];
    });
  }

  get hasRanges(): boolean {
    return !this.#ranges.isEmpty;
  }

  hasHost(hostname: string, port: number, protocol: string): boolean {
    return this.#hosts.some(
      (host) => host.hostname === hostname && port === (host.port ?? defaultPort(protocol)),
    );
  }

  hasAddress(address: string): boolean {
    return this.#ranges.has(address);
  }
}

/** Is it a host, a host and a port, or a range of addresses? */
export const isAllowEntry = (entry: string): boolean =>
  (entry.includes("/") && new AddressSet().add(entry)) || hostOf(entry) !== null;

function hostOf(entry: string): AllowedHost | null {
  if (/[/@?#\\\s]/.test(entry)) return null;
  // An address of IPv6 may stand without brackets when no port follows.
  const authority = familyOf(entry) === 6 ? `[${entry}]` : entry;
  // A scheme whose default port nobody writes: the parser would leave that one out.
  const url = URL.parse(`http://${authority}`);
  if (url === null || url.hostname === "") return null;
  const written = /:(\d{1,5})$/.exec(authority.replace(/^\[.*\]/, ""));
  return { hostname: plainHostname(url.hostname), port: written ? Number(written[1]) : null };
}
