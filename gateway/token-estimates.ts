import type { Usage } from "@sekisho/wire/canonical/usage.ts";

/** What an attempt came to by its provider, beside what would have been estimated of it. */
export interface CountedUsage {
  readonly usage: Usage;
  /** By character class, before anything is learnt; asked of some attempts alone. */
  readonly inputEstimate: () => number;
  /** What a stream said; null of answers of which only the whole body was measured. */
  readonly outputBytes: number | null;
}

/** How many tokens texts come to in a model's family, as its providers' reports have shown. */
export interface TokenEstimates {
  /** Tokens of a prompt that has so many by character class. */
  input(byClass: number): number;
  /** Tokens of an answer of so many bytes. */
  output(bytes: number): number;
  observe(counted: CountedUsage): void;
}
