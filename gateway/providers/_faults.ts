import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import type { ErrorEvent } from "@sekisho/wire/canonical/event.ts";
import type { ProviderFault } from "@sekisho/wire/canonical/provider-fault.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { MeasuredUsage } from "../usage.ts";

/** An attempt that failed inside a 2xx answer. */
type Failed = Extract<AttemptOutcome, { kind: "failed" }>;

const silent = (code: AttemptFailure["code"], message: string): AttemptFailure => ({
  code,
  message,
  param: null,
  reach: "reached",
  status: null,
  retryAfterMs: null,
  verdict: "retry",
  credentialFault: false,
});

const unexplained = silent("upstream_error", codes.upstream_error.meaning);

export const failedWith = (fault: ProviderFault | null, measured: MeasuredUsage): Failed => ({
  kind: "failed",
  failure: fault === null ? unexplained : { ...fault, reach: "reached", status: null },
  measured,
});

/** A decoder's error event says what happened; what to do about it the table of codes says. */
export function failedEvent(event: ErrorEvent, measured: MeasuredUsage): Failed {
  const row: CodeRow = codes[event.code];
  const { code, message, retryAfterMs } = event;
  const verdict = row.retryable ? "retry" : "final";
  return { kind: "failed", measured, failure: { ...silent(code, message), retryAfterMs, verdict } };
}

export const malformed = (why: string, measured: MeasuredUsage): Failed => ({
  kind: "failed",
  failure: silent("upstream_malformed", `The provider's answer could not be understood: ${why}`),
  measured,
});

/** The provider closed an answer before its terminal event (WIR-5). */
export const cutOff = (measured: MeasuredUsage): Failed => ({
  kind: "failed",
  failure: silent("upstream_cut", codes.upstream_cut.meaning),
  measured,
});
