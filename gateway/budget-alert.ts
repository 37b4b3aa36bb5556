import type { Measure } from "./amounts.ts";

/** Refusals that no waiting within the window ends. */
export type FinalRefusal = "budget_exhausted" | "request_exceeds_budget";

/** What somebody wants to be told of a limit, each once in its window (MON-12). */
export interface BudgetAlert {
  readonly tenant: string;
  /** Those of `isPersonalScope` name nobody. */
  readonly scope: "tenant" | "team" | "key" | "rule" | "user" | "session";
  /** The account's name, for those who know whom it stands for. */
  readonly account: string;
  /** Null: a session has one for as long as it is remembered. */
  readonly window: "day" | "month" | null;
  readonly windowStartMs: number;
  readonly measure: Measure;
  /**
   * The share of the limit that is spent: 1 also with a refusal, when `used` is below the limit by
   * less than a call. Null: a call was refused, and no share says so.
   */
  readonly passed: number | null;
  readonly limit: number;
  readonly used: number;
  /** Of the refusal that told it; null: what was spent did. */
  readonly code: FinalRefusal | null;
}

/** An alert as an event that is kept. */
export interface BudgetEvent extends BudgetAlert {
  /** The body of its id. */
  readonly id: string;
  readonly atMs: number;
}

/** Do clients choose the names of its accounts, as many as they like? */
export const isPersonalScope = (scope: BudgetAlert["scope"]): boolean =>
  scope === "rule" || scope === "user" || scope === "session";

/** The share that was passed; of a refusal that of what was used, above 1 where a limit was cut. */
export const shareOf = ({ passed, limit, used }: BudgetAlert): number =>
  passed ?? (limit === 0 ? 1 : used / limit);
