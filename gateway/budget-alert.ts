import type { Measure } from "./amounts.ts";

/**
 * Somebody has spent this share of a limit: told once in its window (MON-12). A share of 1 is told
 * with the first refusal too, when `used` is below the limit by less than a call.
 */
export interface BudgetAlert {
  readonly tenant: string;
  /** `rule`, `user` and `session` name nobody: clients choose those ids. */
  readonly scope: "tenant" | "team" | "key" | "rule" | "user" | "session";
  /** The account's name, for those who know whom it stands for. */
  readonly account: string;
  readonly windowStartMs: number;
  readonly measure: Measure;
  readonly share: number;
  readonly limit: number;
  readonly used: number;
}
