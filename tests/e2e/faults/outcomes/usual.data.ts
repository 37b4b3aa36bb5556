import { both, later, type FaultRowName, type OutcomeTable } from "./fault-outcome.ts";

const rejected = both("upstream_rejected");
const failed = both("upstream_error");
const unavailable = both("upstream_unavailable");
const malformed = both("upstream_malformed");
const cut = both("upstream_cut");
const late = both("upstream_timeout");
const whole = both("whole");

/** An answer to a stream is looked at as a stream: JSON of any kind is none. */
const noStream = { stream: "upstream_malformed", plain: "upstream_error" } as const;

/** What becomes of every fault; the tables beside it say where a provider's dialect differs. */
export const usualOutcomes: OutcomeTable = {
  "400": rejected,
  "401": both("upstream_auth"),
  "403": both("upstream_auth"),
  "404": rejected,
  "408": late,
  "409": failed,
  "413": rejected,
  "422": rejected,
  "424": failed,
  "429": both("upstream_rate_limited"),
  "500": failed,
  "502": unavailable,
  "503": unavailable,
  "504": late,
  "529": unavailable,
  "context-length": both("context_length_exceeded"),
  "content-filter": both("content_filtered"),
  // The account behind the credential is empty.
  quota: both("upstream_auth"),
  "empty-body": malformed,
  "html-body": malformed,
  "empty-object": malformed,
  "error-body": noStream,
  "close-fin": cut,
  "close-rst": cut,
  "keepalive-race": cut,
  "stall-head": late,
  "stall-body": late,
  "stall-role": late,
  stall: later("upstream_timeout"),
  "cut-fin": later("upstream_cut"),
  "cut-rst": later("upstream_cut"),
  "cut-clean": later("upstream_cut", "upstream_malformed"),
  // Events are understood where they are translated, so a broken one can be passed over.
  "broken-event": { ...later("upstream_malformed"), translated: "whole" },
  "huge-line": malformed,
  "truncated-frame": later("upstream_cut", "upstream_malformed"),
  "error-first": failed,
  "error-event": later("upstream_error"),
  "error-throttled": later("upstream_rate_limited"),
  "error-model": later("upstream_error"),
  "error-timeout": later("upstream_timeout"),
  "error-invalid": later("upstream_rejected"),
  "error-unavailable": later("upstream_error", "upstream_unavailable"),
  "error-internal": later("upstream_error"),
  "error-overloaded": later("upstream_unavailable"),
  "no-terminal": later("upstream_cut", "upstream_malformed"),
  // Where frames have neither checksum nor length.
  "bad-crc": whole,
  "huge-length": whole,
  // Behind the terminal event of a stream nobody listens; a document with two ends is none.
  "double-terminal": { stream: "whole", plain: "upstream_malformed" },
  "content-after-end": { stream: "whole", plain: "upstream_malformed" },
  endless: later("upstream_timeout"),
  "odd-framing": whole,
  filtered: whole,
  guardrail: whole,
  refusal: whole,
  "cut-tool-json": whole,
  "no-usage": whole,
  "usage-huge": whole,
  "usage-negative": whole,
  "usage-string": whole,
  gzip: malformed,
  bomb: malformed,
  "many-headers": malformed,
  redirect: malformed,

  "link-clear": whole,
  "link-latency": whole,
  "link-jitter": whole,
  "link-slow": whole,
  "link-slices": whole,
  "link-slow-upload": whole,
  // The reset may come before the connection was noticed to be there.
  "link-reset-at-once": { ...cut, or: "upstream_unavailable" },
  "link-end-at-once": cut,
  "link-reset-on-request": cut,
  "link-reset-in-request": cut,
  // The provider has half a request, and says by a 400 that it is wrong.
  "link-end-in-request": rejected,
  "link-reset-in-head": cut,
  "link-end-in-head": cut,
  "link-reset-in-body": later("upstream_cut"),
  "link-end-in-body": later("upstream_cut"),
  "link-black-hole": late,
  "link-lost-request": late,
  "link-silent-in-head": late,
  "link-silent-in-body": later("upstream_timeout"),
  "link-crawl": late,
  "link-slow-close": later("upstream_cut"),
  "link-never-closed": later("upstream_timeout"),

  refused: unavailable,
  "unknown-host": unavailable,
  "tls-to-plain": unavailable,
  "tls-self-signed": unavailable,
  "tls-silent": late,
};

/** Faults that nothing but a time-out ends. */
export const awaitedFaults: ReadonlySet<string> = new Set<FaultRowName>([
  "stall-head",
  "stall-body",
  "stall-role",
  "stall",
  "endless",
  "link-black-hole",
  "link-lost-request",
  "link-silent-in-head",
  "link-silent-in-body",
  "link-crawl",
  "link-never-closed",
  "tls-silent",
]);

/** Faults of the provider's own figures: they cannot be billed by. */
export const misreportedFaults: ReadonlySet<string> = new Set<FaultRowName>([
  "no-usage",
  "usage-huge",
  "usage-negative",
  "usage-string",
]);

/** Whole answers that are not those of a faultless provider. */
export const alteredTexts: ReadonlySet<string> = new Set<FaultRowName>([
  "filtered",
  "guardrail",
  "refusal",
]);
