import type { Code } from "../canonical/codes.data.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { Verdict } from "../canonical/provider-fault.ts";

const row = (code: Code, verdict: Verdict): FaultRow => ({ code, verdict });

const limited = row("upstream_rate_limited", "retry");
const failed = row("upstream_error", "retry");
const unavailable = row("upstream_unavailable", "retry");
const late = row("upstream_timeout", "retry");
const rejected = row("upstream_rejected", "final");
const noCredential: FaultRow = { code: "upstream_auth", verdict: "failover", credential: true };

/** Words that say more than the exception they stand in: of its message, the first that fits. */
export const faultsByWords: readonly (readonly [
  exception: string,
  words: RegExp,
  fault: FaultRow,
])[] = [
  [
    "ValidationException",
    /too long|too many (?:input )?tokens|context window|maximum context length/i,
    row("context_length_exceeded", "final"),
  ],
  [
    "ValidationException",
    /content filter|blocked by (?:our|the) content/i,
    row("content_filtered", "final"),
  ],
  // The credential is good, and good for others: this account has not enabled this model.
  ["AccessDeniedException", /\bmodel\b/i, row("upstream_auth", "failover")],
];

/** By the exception's name, as it stands in `x-amzn-errortype` and in streams. */
export const faultsByException = {
  ThrottlingException: limited,
  TooManyRequestsException: limited,
  ModelNotReadyException: unavailable,
  // The account's quota for the day, or for how much it may ask for: another account may.
  ServiceQuotaExceededException: row("upstream_rate_limited", "failover"),
  ValidationException: rejected,
  ResourceNotFoundException: rejected,
  UnknownOperationException: rejected,
  SerializationException: rejected,
  AccessDeniedException: noCredential,
  UnrecognizedClientException: noCredential,
  InvalidSignatureException: noCredential,
  IncompleteSignatureException: noCredential,
  MissingAuthenticationTokenException: noCredential,
  InvalidClientTokenIdException: noCredential,
  ExpiredTokenException: noCredential,
  ConflictException: failed,
  ModelTimeoutException: late,
  ModelErrorException: failed,
  ModelStreamErrorException: failed,
  InternalServerException: failed,
  InternalFailure: failed,
  ServiceUnavailableException: unavailable,
} as const satisfies Record<string, FaultRow>;

export const faultsByStatus: Readonly<Record<number, FaultRow>> = {
  400: rejected,
  401: noCredential,
  // Without a word of the dialect: a firewall on the way says no more than that either.
  403: row("upstream_auth", "failover"),
  404: rejected,
  408: late,
  413: rejected,
  424: failed,
  429: limited,
  500: failed,
  502: unavailable,
  503: unavailable,
  504: late,
};

/** Statuses that no row names. */
export const otherClientError: FaultRow = rejected;
export const otherServerError: FaultRow = failed;

/** An error inside an answer that names no exception we know. */
export const unknownFault: FaultRow = failed;

/** Not an answer of this dialect at all: empty, HTML, `{}`, a stream without events. */
export const malformedAnswer: FaultRow = row("upstream_malformed", "retry");

/** An answer that ended before it was complete. */
export const cutAnswer: FaultRow = row("upstream_cut", "retry");
