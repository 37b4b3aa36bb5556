import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Amounts } from "../amounts.ts";

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
  /** Forgets accounts that nobody has spent from since then. */
  forget(beforeMs: number): Write;
  /** What an account has spent in the window that starts then. */
  spent(account: string, windowStartMs: number): Amounts;
}
