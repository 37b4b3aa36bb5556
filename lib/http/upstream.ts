import type { Failure } from "../failure/failure.ts";

/** Why a call to an upstream ended without a complete answer. */
export type UpstreamFailureCode =
  | "connect_failed" // refused, unreachable, DNS, TLS
  | "connect_timeout"
  | "no_connection" // all that there may be are busy, and as many calls wait, or as long, as may
  | "upstream_cut" // the connection ended before the answer was complete
  | "upstream_malformed" // not HTTP, header too large, bad chunk
  | "aborted"; // by `UpstreamCall.abort`

export interface UpstreamRequest {
  /** Scheme, host and port: one connection pool each. */
  readonly origin: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Path with query. */
  readonly path: string;
  /** Flat: name, value, name, value. `host` and `content-length` are added by the adapter. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
}

/** Answer headers, names in lower case. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Called in order: onHead, onBytes*, then exactly one of onEnd and onFailure; none of them before
 * `dispatch` returned or inside `abort`. What they throw is an uncaught exception.
 */
export interface UpstreamHandler {
  onHead(status: number, headers: UpstreamHeaders): void;
  /** The bytes may be kept: no adapter reuses the memory. */
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  onFailure(failure: Failure<UpstreamFailureCode>): void;
}

export interface UpstreamCall {
  /** Closes the upstream call at once. `onFailure` follows with `aborted` unless it had ended. */
  abort(): void;
  /** Bytes that are already on their way to the handler still arrive. */
  pause(): void;
  resume(): void;
}

/**
 * HTTP towards providers. The seam at which the simulation enters: `undici-upstream.ts` is real.
 */
export interface Upstream {
  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall;
  /** Closes idle connections; calls under way run to their end. */
  close(): Promise<void>;
}
