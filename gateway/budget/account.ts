import { measures, type Amounts, type Measure, type Sums } from "../amounts.ts";
import type { BudgetLimit } from "./budget-limit.ts";
import type { Slice } from "./slice.ts";

/** The books of one limit in one window. `settled + reserved ≤ limit` at every instant (MON-8). */
export interface Account {
  limit: BudgetLimit;
  readonly tenant: string;
  /** See `accountName`. */
  readonly account: string;
  readonly windowStartMs: number;
  /** Infinity where there is no window. */
  readonly windowEndMs: number;
  readonly settled: Sums;
  readonly reserved: Sums;
  /** What other processes hold, when it was looked up last; nothing where there are none. */
  readonly elsewhere: Sums;
  /** What this process holds of it in the store; null where it has the account for itself. */
  slice: Slice | null;
  /** How many of the limit's alerts were told, by measure. */
  readonly told: Sums;
  /** Which refusals were told, by measure and code. */
  toldRefusals: ReadonlySet<string>;
  /** When somebody asked last, in turns of `Accounts`. */
  usedAt: number;
}

/** What calls hold, and what other processes have in their hands. */
export const heldOf = ({ reserved, elsewhere }: Account, measure: Measure): number =>
  reserved[measure] + elsewhere[measure];

/** What is neither spent nor held; Infinity where there is no limit. Below 0 after a cut. */
export function freeOf(account: Account, measure: Measure): number {
  const { limit, settled } = account;
  const most = limit.most[measure];
  if (most === null) return Infinity;
  return most - settled[measure] - heldOf(account, measure);
}

/** Why a reservation is refused. */
export interface Shortage {
  readonly account: Account;
  readonly measure: Measure;
  readonly most: number;
  readonly needed: number;
  readonly code: "request_exceeds_budget" | "budget_exhausted" | "in_flight";
}

/**
 * What of an account is too little for these amounts; null when it suffices. A measure that a call
 * needs nothing of lacks nothing, also where less than nothing is left of it since its limit was
 * cut: so do asks of the store see it.
 */
export function shortageOf(account: Account, amounts: Amounts): Shortage | null {
  let found: Shortage | null = null;
  for (const measure of measures) {
    const most = account.limit.most[measure];
    const needed = amounts[measure];
    if (most === null || needed === 0 || freeOf(account, measure) >= needed) continue;
    const shortage = { account, measure, most, needed, code: codeOf(account, measure, needed) };
    if (found === null || isGraver(shortage, found)) found = shortage;
  }
  return found;
}

const codeOf = (account: Account, measure: Measure, needed: number): Shortage["code"] => {
  const most = account.limit.most[measure] ?? Infinity;
  if (needed > most) return "request_exceeds_budget";
  return account.settled[measure] + needed > most ? "budget_exhausted" : "in_flight";
};

const gravity = { request_exceeds_budget: 2, budget_exhausted: 1, in_flight: 0 };

/** What never passes is said before what passes with time: else clients try again in vain. */
export const isGraver = (one: Shortage, other: Shortage): boolean =>
  gravity[one.code] > gravity[other.code];
