import type { Code } from "../canonical/codes.data.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { Verdict } from "../canonical/provider-fault.ts";

const row = (code: Code, verdict: Verdict): FaultRow => ({ code, verdict });
const credential = (code: Code): FaultRow => ({ code, verdict: "failover", credential: true });

const limited = row("upstream_rate_limited", "retry");
const failed = row("upstream_error", "retry");
const unavailable = row("upstream_unavailable", "retry");
const late = row("upstream_timeout", "retry");
const rejected = row("upstream_rejected", "final");
const tooLong = row("context_length_exceeded", "final");
const filtered = row("content_filtered", "final");
const noCredential = credential("upstream_auth");

/** By `error.code`, else by `error.type`; before the status, which says less. */
export const faultsByWord = {
  context_length_exceeded: tooLong,
  string_above_max_length: tooLong,
  content_filter: filtered,
  content_policy_violation: filtered,
  ResponsibleAIPolicyViolation: filtered,
  // The account behind the credential is empty: no wait mends that, another account may.
  insufficient_quota: noCredential,
  billing_hard_limit_reached: noCredential,
  billing_not_active: noCredential,
  account_deactivated: noCredential,
  invalid_api_key: noCredential,
  authentication_error: noCredential,
  permission_error: noCredential,
  rate_limit_exceeded: limited,
  rate_limit_error: limited,
  tokens: limited,
  requests: limited,
  overloaded_error: unavailable,
  engine_overloaded: unavailable,
  service_unavailable: unavailable,
  timeout: late,
  server_error: failed,
  internal_server_error: failed,
  InternalServerError: failed,
  api_error: failed,
  invalid_request_error: rejected,
  BadRequestError: rejected,
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
  425: unavailable,
  429: limited,
  498: noCredential,
  500: failed,
  502: unavailable,
  503: unavailable,
  504: late,
  529: unavailable,
};

/** Statuses that no row names. */
export const otherClientError: FaultRow = rejected;
export const otherServerError: FaultRow = failed;

/** An error inside an answer that says neither code nor type we know. */
export const unknownFault: FaultRow = failed;

/** Not an answer of this dialect at all: empty, HTML, `{}`, a stream without events. */
export const malformedAnswer: FaultRow = row("upstream_malformed", "retry");

/** An answer that ended before it was complete. */
export const cutAnswer: FaultRow = row("upstream_cut", "retry");

/** Beside a 403: the credential is good, and good for others, but may not ask for this model. */
export const deniedWords = /\bmodel\b/i;
export const deniedModel: FaultRow = row("upstream_auth", "failover");

/** Words of servers that put the reason only into the message. */
export const tooLongWords =
  /maximum context length|context window|prompt is too long|too many tokens/i;
