/** Why nothing was fetched. */
export type EgressCode =
  | "not_allowed" // the URL, its host or an address of it
  | "unreachable" // refused, TLS, connection cut
  | "timeout"
  | "bad_answer" // a redirect, an error, no HTTP, an unknown coding
  | "too_large"
  | "overloaded" // as many fetches wait as may
  | "aborted"; // by the signal

/** What an address on the internet answered. */
export interface Fetched {
  readonly ok: true;
  readonly bytes: Buffer;
  readonly contentType: string | null;
}

export interface EgressRefusal {
  readonly ok: false;
  readonly code: EgressCode;
  /**
   * For whoever gave the URL, to stand after "Cannot fetch it: ". Names no address that was not in
   * it.
   */
  readonly fault: string;
}

/** What is posted, in the place of a GET. An answer of 400, 401 or 403 is one as well. */
export interface FetchForm {
  readonly fields: URLSearchParams;
  /** The header of that name; null: none. */
  readonly authorization: string | null;
}

export interface FetchAsk {
  /** Whom the fetch is for: each party has a part of the places at most. */
  readonly party: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** Asked before bytes are kept; a refusal ends the fetch. */
  readonly admit: (bytes: number) => EgressRefusal | null;
  /** For hosts that the configuration names alone: strangers' URLs are only read. */
  readonly form?: FetchForm;
}

/** Fetches what a stranger's URL names. `guarded-fetch.ts` is real. */
export interface Egress {
  /** Never rejects. */
  fetch(url: string, ask: FetchAsk): Promise<Fetched | EgressRefusal>;
}

export const egressRefusal = (code: EgressCode, fault: string): EgressRefusal => ({
  ok: false,
  code,
  fault,
});
