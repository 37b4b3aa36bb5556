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

/** By `error.details.error_code`: it says more than the type, and than the status. */
export const faultsByErrorCode = {
  // The account behind the credential is empty or closed: another one may serve.
  contract_spend_limit_reached: noCredential,
  enforced_spend_limit_reached: noCredential,
  organization_on_hold: noCredential,
  claude_code_key_creator_not_member: noCredential,
  cmek_key_disabled: noCredential,
  cmek_key_network_blocked: noCredential,
  sandbox_egress_restricted: noCredential,
  linked_organization_billing_unavailable: noCredential,
  linked_organization_spend_limit_reached: noCredential,
  ramp_limit_exceeded: limited,
  cmek_context_unavailable: unavailable,
  cmek_key_unreachable: unavailable,
} as const satisfies Record<string, FaultRow>;

/** Beside a 403: the credential is good, and good for others, but may not ask for this. */
export const deniedWords = /\b(?:model|specified resource)\b/i;
export const deniedModel: FaultRow = row("upstream_auth", "failover");

/** By `error.type`. */
export const faultsByType = {
  invalid_request_error: rejected,
  authentication_error: noCredential,
  billing_error: noCredential,
  permission_error: noCredential,
  not_found_error: rejected,
  request_too_large: rejected,
  conflict_error: failed,
  rate_limit_error: limited,
  timeout_error: late,
  api_error: failed,
  overloaded_error: unavailable,
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
  500: failed,
  502: unavailable,
  503: unavailable,
  504: late,
  529: unavailable,
};

/** Statuses that no row names. */
export const otherClientError: FaultRow = rejected;
export const otherServerError: FaultRow = failed;

/** An error inside an answer whose type we do not know. */
export const unknownFault: FaultRow = failed;

/** Not an answer of this dialect at all: empty, HTML, `{}`, a stream without events. */
export const malformedAnswer: FaultRow = row("upstream_malformed", "retry");

/** An answer that ended before it was complete. */
export const cutAnswer: FaultRow = row("upstream_cut", "retry");

/** Of an `invalid_request_error`, the reason stands in the message alone. First match counts. */
export const faultsByWords: readonly (readonly [words: RegExp, row: FaultRow])[] = [
  [/prompt is too long|exceed context limit|context window|too many tokens/i, tooLong],
  [/content filtering policy/i, filtered],
  [/credit balance is too low|specified API usage limits/i, noCredential],
];
