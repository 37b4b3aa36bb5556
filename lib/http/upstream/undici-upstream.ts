import { getCACertificates } from "node:tls";
import { buildConnector, type Client } from "undici";
import type { Clock } from "../../time/clock.ts";
import type { Upstream, UpstreamCall, UpstreamHandler, UpstreamRequest } from "../upstream.ts";
import { ConnectionPool, type PoolOptions } from "./connection-pool.ts";
import { UndiciCall } from "./undici-call.ts";

export interface UndiciUpstreamOptions {
  /** Connections per origin. "auto" opens one for every call at a time, up to 16,384. */
  readonly connections: number | "auto";
  readonly connectTimeoutMs: number;
  /** How long a call may wait for one of them to be free. */
  readonly queueTimeoutMs: number;
  /** How long an unused connection is kept, unless the upstream asks for less. */
  readonly keepAliveTimeoutMs: number;
  /** Status line and headers of an answer. */
  readonly maxHeaderBytes: number;
  /** Certificates trusted beside the usual ones, in PEM; null for the usual ones alone. */
  readonly ca: string | null;
}

export const defaultUndiciUpstreamOptions: UndiciUpstreamOptions = {
  connections: "auto",
  connectTimeoutMs: 5_000,
  queueTimeoutMs: 2_000,
  keepAliveTimeoutMs: 30_000,
  maxHeaderBytes: 65_536,
  ca: null,
};

/** Ten thousand streams need as many connections of HTTP/1.1; a machine has 28,000 ports. */
const autoConnections = 16_384;

/**
 * `Upstream` over undici: HTTP/1.1 without pipelining, TCP_NODELAY, one pool per origin. It has no
 * time-out for an answer: deadlines are its user's.
 */
export class UndiciUpstream implements Upstream {
  readonly #poolOptions: PoolOptions;
  readonly #pools = new Map<string, ConnectionPool>();

  constructor(options: UndiciUpstreamOptions, clock: Clock) {
    this.#poolOptions = {
      maxConnections: options.connections === "auto" ? autoConnections : options.connections,
      queueMs: options.queueTimeoutMs,
      clock,
      client: clientOptions(options),
    };
  }

  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const pool = this.#poolOf(request.origin);
    const call = new UndiciCall(request, handler, pool);
    pool.dispatch(call);
    return call;
  }

  /** Open connections to one origin, busy or not. */
  connections(origin: string): number {
    return this.#pools.get(origin)?.connections ?? 0;
  }

  /** How long the call has waited that waits longest for a connection, to whatever origin. */
  get oldestWaitMs(): number {
    let oldestMs = 0;
    for (const pool of this.#pools.values()) oldestMs = Math.max(oldestMs, pool.oldestWaitMs);
    return oldestMs;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #poolOf(origin: string): ConnectionPool {
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    const pool = new ConnectionPool(origin, this.#poolOptions);
    this.#pools.set(origin, pool);
    return pool;
  }
}

const clientOptions = (options: UndiciUpstreamOptions): Client.Options => ({
  pipelining: 1,
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: options.keepAliveTimeoutMs,
  keepAliveMaxTimeout: options.keepAliveTimeoutMs,
  maxHeaderSize: options.maxHeaderBytes,
  // Shared by the connections of all origins, and with it the TLS sessions.
  connect: buildConnector({
    allowH2: false,
    timeout: options.connectTimeoutMs,
    ...(options.ca === null ? {} : { ca: [...getCACertificates("default"), options.ca] }),
  }),
});
