import type { RequestHead } from "../exchange.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

/** A request head as the parser gave it. `headers` is flat: name, value, name, value. */
export interface ParsedHead {
  readonly method: string;
  readonly target: string;
  readonly protocol: "h1" | "h2";
  /** As the client wrote it: 1.1, 1.0, 2.0, or anything the parser lets through. */
  readonly version: string;
  readonly remoteAddress: string;
  readonly connection: number;
  readonly headers: readonly string[];
}

/** Reads headers where the parser left them: most requests ask for few of them, and only once. */
export class WireHead implements RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly protocol: "h1" | "h2";
  readonly remoteAddress: string;
  readonly connection: number;
  readonly #headers: readonly string[];
  readonly #proxies: TrustedProxies | null;

  constructor(parsed: ParsedHead, proxies: TrustedProxies | null = null) {
    const { target } = parsed;
    const mark = target.indexOf("?");
    this.method = parsed.method;
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.query = mark === -1 ? "" : target.slice(mark + 1);
    this.protocol = parsed.protocol;
    this.remoteAddress = parsed.remoteAddress;
    this.connection = parsed.connection;
    this.#headers = parsed.headers;
    this.#proxies = proxies;
  }

  get clientAddress(): string | null {
    if (this.#proxies === null) return this.remoteAddress;
    return this.#proxies.clientOf(this.remoteAddress, this.header("x-forwarded-for"));
  }

  header(lowerCaseName: string): string | undefined {
    const headers = this.#headers;
    let found: string | undefined;
    for (let n = 0; n < headers.length; n += 2) {
      if (!isName(headers[n], lowerCaseName)) continue;
      const value = headers[n + 1] ?? "";
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }

  /** As a session needs it for as long as it stands: without the handshake, without secrets. */
  ofSession(): WireHead {
    const headers = this.#headers;
    const kept: string[] = [];
    for (let n = 0; n < headers.length; n += 2) {
      const [name = "", value = ""] = [headers[n], headers[n + 1]];
      if (!ofHandshake.test(name)) kept.push(name, value);
    }
    const { method, protocol, remoteAddress, connection } = this;
    return new WireHead(
      {
        method,
        target: this.path,
        protocol,
        version: "1.1",
        remoteAddress,
        connection,
        headers: kept,
      },
      this.#proxies,
    );
  }

  headerNames(): readonly string[] {
    return this.#headers.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase());
  }
}

const ofHandshake = /^(?:host|connection|upgrade|authorization|x-api-key|sec-websocket-.*)$/i;

const isName = (name: string | undefined, lowerCaseName: string): boolean =>
  name !== undefined &&
  name.length === lowerCaseName.length &&
  (name === lowerCaseName || name.toLowerCase() === lowerCaseName);
