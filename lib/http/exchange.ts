/** The head of one request as it stood on the wire; `header()` is case-insensitive. */
export interface RequestHead {
  readonly method: string;
  /** The raw path without the query, still percent-encoded. */
  readonly path: string;
  /** The raw query without "?", empty when there is none. */
  readonly query: string;
  readonly protocol: "h1" | "h2";
  /** Of the connection's other end, which may be a proxy. */
  readonly remoteAddress: string;
  /** Whose request it is, as proxies of ours say; null where they say nothing that can be read. */
  readonly clientAddress: string | null;
  /** The listener's connection that it came by: each has a number of its own. */
  readonly connection: number;
  /** Repeated headers are joined with ", ". */
  header(lowerCaseName: string): string | undefined;
  /** In lower case, repeated ones as often as they stand there. */
  headerNames(): readonly string[];
}

/** What an exchange tells its owner. Both may be called at any time until `closed` was. */
export interface ExchangeObserver {
  /** Buffered bytes fell below the low-water mark after a `write` that returned false. */
  drained(): void;
  /** The connection or stream is gone. `clean` when our answer had been handed over whole. */
  closed(clean: boolean): void;
}

/**
 * One request and its answer, server side. The seam at which the simulation enters: adapters are
 * `exchange-h1.ts` and `exchange-h2.ts`. Header arrays are flat: name, value, name, value.
 */
export interface Exchange {
  readonly head: RequestHead;
  /** Bytes accepted by `write` that the socket has not taken yet. */
  readonly bufferedBytes: number;
  /** True once `closed` was or would be called. */
  readonly isClosed: boolean;
  observe(observer: ExchangeObserver): void;
  /** The client has proven who it is: its connection and body count among strangers no longer. */
  trust(): void;
  /**
   * The whole body, decoded if it came with one content coding. Rejects with Failure
   * `payload_too_large`, `body_timeout`, `overloaded`, `bad_request`, `unsupported_media_type` or
   * `client_closed`. When the rest of the body is not worth reading, the connection is closed
   * behind the answer.
   */
  body(limitBytes: number): Promise<Buffer>;
  /**
   * Head and body in one write, with `content-length`. Answers to a client that left are dropped.
   */
  respond(status: number, headers: readonly string[], body: Uint8Array | string): void;
  /** The head of a streamed answer. It leaves with the first `write`, or at `flushHead`. */
  start(status: number, headers: readonly string[]): void;
  flushHead(): void;
  /**
   * False when more than the high-water mark of 64 KiB is buffered; the bytes are accepted all the
   * same. True when the client is gone: nobody will call `drained`.
   */
  write(bytes: Uint8Array | string): boolean;
  end(): void;
  /** Cuts the connection or stream so that the client cannot take the answer for complete. */
  destroy(): void;
}
