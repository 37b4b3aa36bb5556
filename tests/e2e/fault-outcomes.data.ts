import type { FaultName } from "@sekisho/simulator/faults.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/**
 * What a client of chat completions meets when its only provider has a fault: the whole answer, an
 * HTTP error with the code, or, behind content that it has seen already, an error in the stream.
 */
export type FaultOutcome = "whole" | Code | { readonly afterContent: Code };

interface FaultOutcomes {
  readonly stream: FaultOutcome;
  readonly plain: FaultOutcome;
}

const both = (outcome: FaultOutcome): FaultOutcomes => ({ stream: outcome, plain: outcome });
const later = (afterContent: Code, plain: FaultOutcome): FaultOutcomes => ({
  stream: { afterContent },
  plain,
});

const rejected = both("upstream_rejected");
const refusedCredential = both("upstream_auth");
const malformed = both("upstream_malformed");
const cut = both("upstream_cut");
const late = both("upstream_timeout");
const whole = both("whole");

/** Every fault of the simulator. */
export const faultOutcomes: Readonly<Record<FaultName, FaultOutcomes>> = {
  "400": rejected,
  "401": refusedCredential,
  "403": refusedCredential,
  "404": rejected,
  "408": late,
  "409": both("upstream_error"),
  "413": rejected,
  "422": rejected,
  "424": both("upstream_error"),
  "429": both("upstream_rate_limited"),
  "500": both("upstream_error"),
  "502": both("upstream_unavailable"),
  "503": both("upstream_unavailable"),
  "504": late,
  "529": both("upstream_unavailable"),
  "context-length": both("context_length_exceeded"),
  "content-filter": both("content_filtered"),
  quota: refusedCredential,
  "empty-body": { stream: "upstream_malformed", plain: "upstream_malformed" },
  "html-body": malformed,
  "empty-object": malformed,
  "error-body": { stream: "upstream_malformed", plain: "upstream_error" },
  "close-fin": cut,
  "close-rst": cut,
  "keepalive-race": cut,
  "stall-head": late,
  "stall-body": late,
  "stall-role": late,
  stall: later("upstream_timeout", "upstream_timeout"),
  "cut-fin": later("upstream_cut", "upstream_cut"),
  "cut-rst": later("upstream_cut", "upstream_cut"),
  "cut-clean": later("upstream_cut", "upstream_malformed"),
  "broken-event": later("upstream_malformed", "upstream_malformed"),
  "huge-line": malformed,
  "truncated-frame": later("upstream_malformed", "upstream_malformed"),
  "error-first": both("upstream_error"),
  "error-event": later("upstream_error", "upstream_error"),
  // Behind the terminal event of a stream nobody listens; a document with two ends is none.
  "error-throttled": later("upstream_rate_limited", "upstream_rate_limited"),
  "error-model": later("upstream_error", "upstream_error"),
  "error-timeout": later("upstream_rejected", "upstream_timeout"),
  "error-invalid": later("upstream_rejected", "upstream_rejected"),
  "error-unavailable": later("upstream_error", "upstream_unavailable"),
  "error-internal": later("upstream_error", "upstream_error"),
  "error-overloaded": later("upstream_unavailable", "upstream_unavailable"),
  "no-terminal": { stream: "whole", plain: "upstream_malformed" },
  "bad-crc": whole,
  "huge-length": whole,
  "double-terminal": { stream: "whole", plain: "upstream_malformed" },
  "content-after-end": { stream: "whole", plain: "upstream_malformed" },
  endless: later("upstream_timeout", "upstream_timeout"),
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
};

/** Where a translated stream differs: events are understood, so a broken one can be passed over. */
export const translatedStreamOutcomes: Readonly<Partial<Record<FaultName, FaultOutcome>>> = {
  "broken-event": "whole",
  "truncated-frame": { afterContent: "upstream_cut" },
  "empty-body": "upstream_malformed",
};

/** Faults of the provider's own figures: they cannot be billed by. */
export const misreported: ReadonlySet<string> = new Set<FaultName>([
  "no-usage",
  "usage-huge",
  "usage-negative",
  "usage-string",
]);
