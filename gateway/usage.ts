import type { Usage } from "@sekisho/wire/canonical/usage.ts";

/** Tokens of a call and how they are known. An answer that was cut seldom reports its own. */
export interface MeasuredUsage {
  readonly usage: Usage;
  readonly source: "reported" | "estimated" | "none";
}
