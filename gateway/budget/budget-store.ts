import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Amounts } from "../amounts.ts";
import type { BudgetAlert } from "../budget-alert.ts";

/** What has been settled in a window, as the store knows it. */
export interface BudgetSpent {
  readonly account: string;
  readonly windowStartMs: number;
  readonly spent: Amounts;
  /** When it was spent, as epoch milliseconds. */
  readonly atMs: number;
}

/** What accounts have spent, for good. */
export interface BudgetStore {
  /** Adds to what a window has spent. Additive: it may be folded with others of its account. */
  spend(spent: BudgetSpent): Write;
  /** Forgets accounts that nobody has spent from since then, and alerts told before. */
  forget(beforeMs: number): Write[];
  /** Notes that an alert is told. Conflicts when another process has told it. */
  told(alert: BudgetAlert, atMs: number): Write;
  /** What an account has spent in the window that starts then. */
  spent(account: string, windowStartMs: number): Amounts;
}
