import type { Server } from "node:net";
import { bind, stopServer, type Bound } from "./bind.ts";
import { EndpointH1, type TlsIdentity } from "./endpoint-h1.ts";
import { EndpointH2 } from "./endpoint-h2.ts";
import { Reception, type ReceptionOptions } from "./reception.ts";

export interface ListenerOptions extends ReceptionOptions {
  /** IP addresses or host names; usually both loopback addresses. */
  readonly hosts: readonly string[];
  /** 0 takes a free port, the same one on every host. */
  readonly port: number;
  /** See `BindPlace`. */
  readonly isShared?: boolean;
  /** Null for cleartext. With TLS, ALPN chooses between HTTP/2 and HTTP/1.1. */
  readonly tls: TlsIdentity | null;
}

const unbound: Bound = { hosts: [], port: 0, servers: [] };

/**
 * One port on several addresses, for HTTP/1.1 and HTTP/2 alike: cleartext connections are told
 * apart by their first bytes, TLS connections by ALPN.
 */
export class Listener implements AsyncDisposable {
  readonly #tls: TlsIdentity | null;
  readonly #reception: Reception;
  readonly #h2: EndpointH2;
  readonly #h1: EndpointH1[] = [];
  #bound: Bound = unbound;
  #closed: Promise<void> | null = null;

  private constructor(options: ListenerOptions) {
    this.#tls = options.tls;
    this.#reception = new Reception(options);
    this.#h2 = new EndpointH2(this.#reception);
  }

  /** Resolves when connections are accepted. Throws `listen_failed`. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    listener.#bound = await bind(options, () => listener.#makeServer());
    return listener;
  }

  /** The hosts that are listened on. */
  get hosts(): readonly string[] {
    return this.#bound.hosts;
  }

  get port(): number {
    return this.#bound.port;
  }

  get openConnections(): number {
    return this.#reception.gate.openConnections;
  }

  get openExchanges(): number {
    return this.#reception.openExchanges;
  }

  /** Request bodies in memory. */
  get bodyBytes(): number {
    return this.#reception.bodyMemory.usedBytes;
  }

  /**
   * Accepts no connection and no request any more; answers under way run to their end and close
   * their connections. Resolves when the last one has been handed to the kernel whole.
   */
  async drain(): Promise<void> {
    const over = this.#reception.drain();
    for (const endpoint of this.#h1) endpoint.drain();
    await Promise.all([over, this.#h2.drain()]);
  }

  /** Cuts everything that is still open. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #closeAll(): Promise<void> {
    const over = this.drain();
    await this.#reception.gate.destroyAll();
    await Promise.all([over, ...this.#bound.servers.map(stopServer)]);
  }

  #makeServer(): Server {
    const endpoint = new EndpointH1({
      reception: this.#reception,
      h2: this.#h2,
      tls: this.#tls,
    });
    this.#h1.push(endpoint);
    return endpoint.server;
  }
}
