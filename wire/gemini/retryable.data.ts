import type { Code } from "../canonical/codes.data.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { Verdict } from "../canonical/provider-fault.ts";

const row = (code: Code, verdict: Verdict): FaultRow => ({ code, verdict });

const limited = row("upstream_rate_limited", "retry");
const failed = row("upstream_error", "retry");
const unavailable = row("upstream_unavailable", "retry");
const late = row("upstream_timeout", "retry");
const rejected = row("upstream_rejected", "final");
const noCredential: FaultRow = {
  code: "upstream_auth",
  verdict: "failover",
  credential: true,
};

/** By `reason` of an ErrorInfo among the details: it says more than the status. */
export const faultsByReason = {
  API_KEY_INVALID: noCredential,
  API_KEY_EXPIRED: noCredential,
  API_KEY_SERVICE_BLOCKED: noCredential,
  API_KEY_HTTP_REFERRER_BLOCKED: noCredential,
  API_KEY_IP_ADDRESS_BLOCKED: noCredential,
  SERVICE_DISABLED: noCredential,
  BILLING_DISABLED: noCredential,
  CONSUMER_SUSPENDED: noCredential,
  ACCESS_TOKEN_EXPIRED: noCredential,
} as const satisfies Record<string, FaultRow>;

/** By `error.status`, the name of a code of gRPC. */
export const faultsByStatusName = {
  INVALID_ARGUMENT: rejected,
  OUT_OF_RANGE: rejected,
  NOT_FOUND: rejected,
  ALREADY_EXISTS: rejected,
  UNIMPLEMENTED: rejected,
  FAILED_PRECONDITION: rejected,
  UNAUTHENTICATED: noCredential,
  PERMISSION_DENIED: noCredential,
  RESOURCE_EXHAUSTED: limited,
  ABORTED: failed,
  CANCELLED: failed,
  DATA_LOSS: failed,
  INTERNAL: failed,
  UNKNOWN: failed,
  UNAVAILABLE: unavailable,
  DEADLINE_EXCEEDED: late,
} as const satisfies Record<string, FaultRow>;

export const faultsByStatus: Readonly<Record<number, FaultRow>> = {
  400: rejected,
  401: noCredential,
  402: noCredential,
  // Without a word of the dialect: a firewall on the way says no more than that either.
  403: row("upstream_auth", "failover"),
  404: rejected,
  408: late,
  409: failed,
  413: rejected,
  422: rejected,
  424: failed,
  429: limited,
  499: failed,
  500: failed,
  502: unavailable,
  503: unavailable,
  504: late,
  529: unavailable,
};

/** Statuses that no row names. */
export const otherClientError: FaultRow = rejected;
export const otherServerError: FaultRow = failed;

/** An error inside an answer whose status we do not know, and an answer that was given up. */
export const unknownFault: FaultRow = failed;

/** Not an answer of this dialect at all: empty, HTML, `{}`, a stream without events. */
export const malformedAnswer: FaultRow = row("upstream_malformed", "retry");

/** An answer that ended before it was complete. */
export const cutAnswer: FaultRow = row("upstream_cut", "retry");

/** A quota of the day comes back tomorrow: another account may serve until then. */
export const spentQuota: FaultRow = noCredential;

/** Of an error with this id of a quota. */
export const dailyQuota = /PerDay/;

/** Beside a 403: the credential is good, and good for others, but may not ask for this. */
export const deniedWords = /\b(?:model|models|file|files|cached ?content|resource)\b/i;
export const deniedObject: FaultRow = row("upstream_auth", "failover");

/**
 * Of an INVALID_ARGUMENT or a FAILED_PRECONDITION, the reason stands in the message alone. First
 * match counts. What blames the account is read at the beginning only: further in, the words may be
 * the client's own, whom they would let keep a credential from use.
 */
export const faultsByWords: readonly (readonly [words: RegExp, row: FaultRow])[] = [
  [
    /token count .{0,40}exceeds|exceeds the maximum number of tokens/i,
    row("context_length_exceeded", "final"),
  ],
  [
    /blocked by (?:the )?(?:safety|content) (?:filter|setting)|PROHIBITED_CONTENT/i,
    row("content_filtered", "final"),
  ],
  [/^API key (?:not valid|expired)/i, noCredential],
  [/^User location is not supported/i, noCredential],
  [/^(?:This API method requires billing|Gemini API free tier is not available)/i, noCredential],
];
