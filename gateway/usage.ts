import type { Usage } from "@sekisho/wire/canonical/usage.ts";

/** Tokens of a call and how they are known. An answer that was cut seldom reports its own. */
export interface MeasuredUsage {
  readonly usage: Usage;
  /**
   * Unknown: the provider was at work when we ended the call, and nobody can say how far it was.
   */
  readonly source: "reported" | "estimated" | "unknown" | "none";
}
