import type { LookupFunction } from "node:net";
import { getCACertificates } from "node:tls";
import { buildConnector, Client } from "undici";
import { Failure } from "../../failure/failure.ts";
import type { Clock } from "../../time/clock.ts";
import { TimeLimit } from "../../time/time-limit.ts";
import { familyOf } from "../address-set.ts";
import {
  egressRefusal,
  type Egress,
  type EgressCode,
  type EgressRefusal,
  type FetchAsk,
  type Fetched,
} from "../egress.ts";
import type { UpstreamRequest } from "../upstream.ts";
import { UndiciCall } from "../upstream/undici-call.ts";
import type { CheckedUrl, EgressGuard } from "./egress-guard.ts";
import { FetchGate } from "./fetch-gate.ts";
import { FetchedBody } from "./fetched-body.ts";

export interface GuardedFetchOptions {
  readonly totalTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxAtOnce: number;
  /** Beyond this, a fetch is refused. */
  readonly maxWaiting: number;
  /** Of both, what is for one party at most. */
  readonly maxAtOnceEach: number;
  readonly maxWaitingEach: number;
  /** Certificates trusted beside the usual ones, in PEM; null for the usual ones alone. */
  readonly ca: string | null;
}

export const defaultGuardedFetchOptions: GuardedFetchOptions = {
  totalTimeoutMs: 10_000,
  connectTimeoutMs: 5_000,
  maxAtOnce: 32,
  maxWaiting: 256,
  maxAtOnceEach: 8,
  maxWaitingEach: 64,
  ca: null,
};

const maxHeaderBytes = 16_384;

const requestHeaders = ["accept", "*/*", "accept-encoding", "identity", "user-agent", "sekisho"];

/**
 * GET, or POST of a form, through the guard (SEC-6). Each fetch has a connection of its own, to an
 * address that was checked; the name stands in `Host` and in the TLS handshake alone. No redirect
 * is followed.
 */
export class GuardedFetch implements Egress {
  readonly #guard: EgressGuard;
  readonly #clock: Clock;
  readonly #options: GuardedFetchOptions;
  readonly #gate: FetchGate;

  constructor(parts: { guard: EgressGuard; clock: Clock }, options: GuardedFetchOptions) {
    this.#guard = parts.guard;
    this.#clock = parts.clock;
    this.#options = options;
    this.#gate = new FetchGate(options);
  }

  async fetch(url: string, ask: FetchAsk): Promise<Fetched | EgressRefusal> {
    const ms = this.#options.totalTimeoutMs;
    const reason = new Failure<EgressCode>("timeout", `it took longer than ${ms} ms`);
    using limit = new TimeLimit(this.#clock, { ms, below: ask.signal, reason });
    const { signal } = limit;
    try {
      using _place = await this.#gate.enter(ask.party, signal);
      const checked = await this.#guard.check(url, signal);
      return await this.#exchange(checked, { ...ask, signal });
    } catch (error) {
      return refusalOf(error, ask.signal);
    }
  }

  async #exchange(checked: CheckedUrl, ask: FetchAsk): Promise<Fetched | EgressRefusal> {
    const client = new Client(checked.origin, this.#clientOptions(checked));
    const body = new FetchedBody(ask);
    const { path } = checked;
    const request = { origin: checked.origin, path, ...messageOf(ask) };
    const call = new UndiciCall(request, body, { leave: () => {} });
    try {
      client.dispatch(call.options, call);
      return await body.of(call);
    } finally {
      void client.destroy();
    }
  }

  #clientOptions({ addresses }: CheckedUrl): Client.Options {
    const { connectTimeoutMs, ca } = this.#options;
    return {
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
      connect: buildConnector({
        allowH2: false,
        timeout: connectTimeoutMs,
        autoSelectFamily: true,
        lookup: lookupOf(addresses),
        ...(ca === null ? {} : { ca: [...getCACertificates("default"), ca] }),
      }),
    };
  }
}

/** A GET, or the form that is to be posted. */
function messageOf({ form }: FetchAsk): Pick<UpstreamRequest, "method" | "headers" | "body"> {
  if (form === undefined) return { method: "GET", headers: requestHeaders, body: null };
  const { fields, authorization } = form;
  const headers = [...requestHeaders, "content-type", "application/x-www-form-urlencoded"];
  if (authorization !== null) headers.push("authorization", authorization);
  return { method: "POST", headers, body: Buffer.from(fields.toString()) };
}

/** Answers with the checked addresses whatever is asked: nobody resolves the name again. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: familyOf(address) ?? 4 }));
  return (_hostname, { all }, done) => {
    const [first] = found;
    if (all === true) done(null, found);
    else done(null, first?.address ?? "", first?.family);
  };
}

function refusalOf(error: unknown, outer: AbortSignal): EgressRefusal {
  if (outer.aborted) return egressRefusal("aborted", "the request ended before it was there");
  // Guard, gate and body throw failures of these codes only.
  if (error instanceof Failure) return egressRefusal(error.code as EgressCode, error.message);
  throw error;
}
