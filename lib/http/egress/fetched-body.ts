import { Failure } from "../../failure/failure.ts";
import { orAborted } from "../../time/time-limit.ts";
import { decoderOf, type Decode } from "../content-coding.ts";
import {
  egressRefusal,
  type EgressCode,
  type EgressRefusal,
  type FetchAsk,
  type Fetched,
} from "../egress.ts";
import type {
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
} from "../upstream.ts";

/** Gathers one answer within the limits of who asked; what does not fit ends the call. */
export class FetchedBody implements UpstreamHandler {
  readonly #ask: FetchAsk;
  readonly #chunks: Buffer[] = [];
  readonly #over = Promise.withResolvers<EgressRefusal | null>();
  #contentType: string | null = null;
  #decode: Decode | null = null;
  #length = 0;

  constructor(ask: FetchAsk) {
    this.#ask = ask;
  }

  /** The answer once it is whole. Throws the signal's reason. */
  async of(call: UpstreamCall): Promise<Fetched | EgressRefusal> {
    const { signal } = this.#ask;
    try {
      const refusal = await orAborted(this.#over.promise, signal);
      return refusal ?? (await orAborted(this.#decoded(), signal));
    } finally {
      call.abort();
    }
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    if (status !== 200 && !(this.#ask.form !== undefined && refusals.has(status))) {
      this.#refuse("bad_answer", faultOfStatus(status));
      return;
    }
    this.#contentType = single(headers["content-type"]);
    if (Number(single(headers["content-length"]) ?? 0) > this.#ask.maxBytes) this.#tooLarge();
    try {
      this.#decode = decoderOf(single(headers["content-encoding"]) ?? undefined);
    } catch {
      this.#refuse("bad_answer", "its server answered in an unknown content coding");
    }
  }

  onBytes(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#ask.maxBytes) return this.#tooLarge();
    const refusal = this.#ask.admit(bytes.length);
    if (refusal === null) this.#chunks.push(bytes);
    else this.#over.resolve(refusal);
  }

  onEnd(): void {
    this.#over.resolve(null);
  }

  onFailure({ code }: Failure<UpstreamFailureCode>): void {
    this.#refuse(...faults[code]);
  }

  async #decoded(): Promise<Fetched | EgressRefusal> {
    const contentType = this.#contentType;
    const raw = Buffer.concat(this.#chunks, this.#length);
    const decode = this.#decode;
    if (decode === null) return { ok: true, bytes: raw, contentType };
    const { maxBytes, admit } = this.#ask;
    try {
      const bytes = await decode(raw, maxBytes);
      // What was admitted were the coded bytes.
      return admit(Math.max(0, bytes.length - raw.length)) ?? { ok: true, bytes, contentType };
    } catch (error) {
      const isBomb = error instanceof Failure && error.code === "payload_too_large";
      return isBomb
        ? tooLarge(maxBytes)
        : egressRefusal("bad_answer", "its content does not match its content coding");
    }
  }

  #tooLarge(): void {
    this.#over.resolve(tooLarge(this.#ask.maxBytes));
  }

  #refuse(code: EgressCode, fault: string): void {
    this.#over.resolve(egressRefusal(code, fault));
  }
}

/** With these a server says in words what is wrong with a form (RFC 6749, 5.2). */
const refusals: ReadonlySet<number> = new Set([400, 401, 403]);

const tooLarge = (maxBytes: number): EgressRefusal =>
  egressRefusal("too_large", `it is larger than ${maxBytes} bytes, which is the limit`);

const faultOfStatus = (status: number): string =>
  status >= 300 && status < 400
    ? "its server redirects, and redirects are not followed"
    : `its server answered with status ${status}`;

type Fault = readonly [EgressCode, string];

const unreachable: Fault = ["unreachable", "its server could not be reached"];

const faults: Readonly<Record<UpstreamFailureCode, Fault>> = {
  connect_failed: unreachable,
  connect_timeout: ["timeout", "its server did not take the connection in time"],
  no_connection: unreachable, // a connection of its own is made for each
  upstream_cut: ["unreachable", "its server ended the connection before the answer was whole"],
  upstream_malformed: ["bad_answer", "its server's answer is not HTTP"],
  aborted: ["aborted", "the request ended before it was there"],
};

const single = (value: string | readonly string[] | undefined): string | null =>
  typeof value === "string" ? value : (value?.join(", ") ?? null);
