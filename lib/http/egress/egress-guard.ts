import { Failure } from "../../failure/failure.ts";
import type { Clock } from "../../time/clock.ts";
import { orAborted, TimeLimit } from "../../time/time-limit.ts";
import { familyOf } from "../address-set.ts";
import type { EgressCode } from "../egress.ts";
import type { Resolver } from "../resolver.ts";
import { defaultPort, EgressAllowList, plainHostname } from "./egress-allow-list.ts";
import { isPublicAddress } from "./public-address.ts";
import { specialNames } from "./special-ranges.data.ts";

export interface EgressGuardOptions {
  /** Ports of https for hosts that are not on the list. */
  readonly ports: readonly number[];
  /**
   * Hosts ("host", "host:port") and ranges (CIDR) that may be special, and may be asked without
   * TLS. A host's addresses are not looked at; a range is open on 443 with https and 80 with http.
   */
  readonly allow: readonly string[];
  readonly resolveTimeoutMs: number;
}

export const defaultEgressGuardOptions: EgressGuardOptions = {
  ports: [443],
  allow: [],
  resolveTimeoutMs: 5_000,
};

/** A URL that may be fetched, and the addresses to connect to: the name is not looked up again. */
export interface CheckedUrl {
  readonly origin: string;
  readonly path: string;
  readonly addresses: readonly string[];
}

const maxUrlLength = 8_192;
const maxAddresses = 64;

/** As `URL` leaves names: lower case, punycode. One label alone would be a name of this network. */
const publicName = /^(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/;

/**
 * Decides where a URL that a stranger gave may lead (SEC-6). Its faults name nothing that the
 * stranger did not write: what a name resolves to stays inside, and a name that leads nowhere is
 * told the same as one that leads to a special address.
 */
export class EgressGuard {
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  readonly #options: EgressGuardOptions;
  readonly #allowed: EgressAllowList;

  /** Throws a RangeError for an entry of `allow` that is neither host nor range. */
  constructor(parts: { resolver: Resolver; clock: Clock }, options: EgressGuardOptions) {
    this.#resolver = parts.resolver;
    this.#clock = parts.clock;
    this.#options = options;
    this.#allowed = new EgressAllowList(options.allow);
  }

  /** Throws Failure of an `EgressCode`, its message being the fault, or the signal's reason. */
  async check(text: string, signal: AbortSignal): Promise<CheckedUrl> {
    const url = parse(text);
    const hostname = plainHostname(url.hostname);
    const port = url.port === "" ? defaultPort(url.protocol) : Number(url.port);
    const isListed = this.#allowed.hasHost(hostname, port, url.protocol);
    if (!isListed) this.#checkForm(url, port);
    const isLiteral = familyOf(hostname) !== null;
    if (!isListed && !isLiteral) checkName(hostname);
    const addresses = isLiteral ? [hostname] : await this.#resolve(hostname, signal);
    if (!isListed) this.#checkAddresses(url, addresses);
    if (addresses.length === 0) throw noPublicAddress();
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      addresses: addresses.slice(0, maxAddresses),
    };
  }

  #checkForm({ protocol }: URL, port: number): void {
    const { ports } = this.#options;
    // A range may be open to it, which its addresses will tell.
    if (protocol === "http:" && port === 80 && this.#allowed.hasRanges) return;
    if (protocol !== "https:") throw refused("its scheme is not https");
    if (ports.includes(port)) return;
    throw refused(`its port is ${port}, allowed: ${ports.join(", ")}`);
  }

  /** All of them: the one that is connected to is chosen later, and by somebody else. */
  #checkAddresses({ protocol, port }: URL, addresses: readonly string[]): void {
    const isDefaultPort = port === "";
    const isOpen =
      addresses.length > 0 && addresses.every((each) => this.#allowed.hasAddress(each));
    if (isOpen && isDefaultPort) return;
    if (protocol !== "https:") throw refused("its scheme is not https");
    const isFine = (address: string): boolean =>
      isPublicAddress(address) || (isDefaultPort && this.#allowed.hasAddress(address));
    if (addresses.length === 0 || !addresses.every(isFine)) throw noPublicAddress();
  }

  async #resolve(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const ms = this.#options.resolveTimeoutMs;
    const reason = failed("timeout", `its host's name was not resolved within ${ms} ms`);
    using limit = new TimeLimit(this.#clock, { ms, below: signal, reason });
    const lookup = this.#resolver.lookup(hostname, limit.signal);
    return await orAborted(lookup, limit.signal);
  }
}

function parse(text: string): URL {
  if (text.length > maxUrlLength) {
    throw refused(`it is longer than ${maxUrlLength} characters, which is the limit`);
  }
  const url = URL.parse(text);
  if (url === null) throw refused("it is no absolute URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refused("its scheme is not https");
  }
  if (url.username !== "" || url.password !== "") throw refused("it carries a user or a password");
  return url;
}

function checkName(hostname: string): void {
  const isSpecial = specialNames.some((name) => hostname === name || hostname.endsWith(`.${name}`));
  if (isSpecial || !publicName.test(hostname)) throw noPublicAddress();
}

const failed = (code: EgressCode, fault: string): Failure<EgressCode> => new Failure(code, fault);

const refused = (fault: string): Failure<EgressCode> => failed("not_allowed", fault);

const noPublicAddress = (): Failure<EgressCode> =>
  refused("its host is not allowed, or has no public address");
