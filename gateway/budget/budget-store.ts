import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Amounts } from "../amounts.ts";
import type { BudgetEvent } from "../budget-alert.ts";

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
  /** Keeps an alert that is told. Conflicts when another event has told it. */
  told(event: BudgetEvent): Write;
  /** Is it this event that has told it? */
  isTold(event: BudgetEvent): boolean;
  /** What an account has spent in the window that starts then. */
  spent(account: string, windowStartMs: number): Amounts;
}

export interface AlertQuery {
  /** Null: of all. */
  readonly tenant: string | null;
  readonly scope: BudgetEvent["scope"] | null;
  readonly sinceMs: number;
  /** Null: up to now. */
  readonly untilMs: number | null;
  /** The place of the last one of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** An event with where a page goes on behind it. */
export type PlacedEvent = BudgetEvent & { readonly place: number };

/** Reads what was told, the newest first. */
export type ReadAlerts = (query: AlertQuery) => readonly PlacedEvent[];
