import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { FinishReason } from "@sekisho/wire/canonical/event.ts";
import type { ProviderFault } from "@sekisho/wire/canonical/provider-fault.ts";
import type { MeasuredUsage } from "./usage.ts";
import type { Price } from "./price.ts";
import type { Target } from "./target.ts";

/** Why an attempt failed, in the table's words, and what is to be done about it. */
export interface AttemptFailure extends ProviderFault {
  /** How far the request came: `unsent`: refused on our side; `unreached`: nobody was there. */
  readonly reach: "unsent" | "unreached" | "reached";
  /** The provider's HTTP status; null when there was no answer, or the error came inside one. */
  readonly status: number | null;
  /** What was thrown by whoever asks the provider; for programs that hold the gateway. */
  readonly thrown?: unknown;
}

export type AttemptOutcome =
  | {
      readonly kind: "complete";
      readonly finish: FinishReason;
      readonly measured: MeasuredUsage;
      /** Flat: what of the provider's head is for the client too. */
      readonly headers?: readonly string[];
    }
  | { readonly kind: "failed"; readonly failure: AttemptFailure; readonly measured: MeasuredUsage }
  | { readonly kind: "aborted"; readonly cause: Code; readonly measured: MeasuredUsage };

/** What one attempt was, once it is over. */
export interface AttemptRecord {
  readonly target: Target;
  /** That of the plan; null without one. */
  readonly price: Price | null;
  readonly outcome: AttemptOutcome;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly firstTokenMs: number | null;
}

/** What a call came to, once no attempt runs any more. */
export interface CallResult {
  readonly attempts: readonly AttemptRecord[];
  /** The attempt whose answer the client got, or the last one; null when none was made. */
  readonly counts: AttemptRecord | null;
  /**
   * Of an answer that was continued, the attempts that it consists of: `counts` is their sum, and
   * none of `attempts` then (RTE-12).
   */
  readonly segments?: readonly AttemptRecord[];
  /** Null when the answer is complete. */
  readonly cause: Code | null;
}
