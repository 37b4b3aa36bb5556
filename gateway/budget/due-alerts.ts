import { isNothing, measures, noSums, type Amounts, type Measure, type Sums } from "../amounts.ts";
import { isPersonalScope, type BudgetAlert, type FinalRefusal } from "../budget-alert.ts";
import type { Account, Shortage } from "./account.ts";
import type { BudgetLimit } from "./budget-limit.ts";

type Alerted = (alert: BudgetAlert) => void;

/** Tells the shares of an account that were passed and not told; of several only the highest. */
export function tellPassed(account: Account, alerted: Alerted): void {
  const { limit, told } = account;
  if (isSilent(account)) return;
  for (const measure of measures) {
    const passed = alertsPassed(limit, measure, account.settled);
    if (passed > told[measure]) tellShare(account, { measure, passed, code: null }, alerted);
  }
}

/**
 * Tells that an account refuses a call, once in a window by each code: also while less is spent
 * than any share says, and where there is none of 1. That what is held refuses one is no news: it
 * passes.
 */
export function tellRefused(account: Account, { measure, code }: Shortage, alerted: Alerted): void {
  const { limit, told } = account;
  if (isSilent(account) || code === "in_flight") return;
  const all = limit.alerts.length;
  const isWhole = code === "budget_exhausted" && isAllSpent(account, measure);
  if (isWhole && told[measure] < all) tellShare(account, { measure, passed: all, code }, alerted);
  tellPassed(account, alerted);
  const key = `${measure} ${code}`;
  if (account.toldRefusals.has(key)) return;
  account.toldRefusals = new Set(account.toldRefusals).add(key);
  // Whoever was told that all is spent expects refusals.
  const isExpected = limit.alerts.at(-1) === 1 && told[measure] === all;
  if (!isExpected) alerted(alertOf(account, { measure, passed: null, code }));
}

/**
 * Nobody wants to be told, or nothing was spent by a name that a client has made up: a refusal
 * costs nothing, and a new name with each call would write an event with each.
 */
const isSilent = ({ limit, settled }: Account): boolean =>
  limit.alerts.length === 0 || (isPersonalScope(limit.scope) && isNothing(settled));

/**
 * Sums seldom meet a limit: where there is a share of 1, all counts as spent when every share below
 * it was passed and what is left is too little for a call.
 */
function isAllSpent({ limit, settled }: Account, measure: Measure): boolean {
  const { alerts } = limit;
  return alerts.at(-1) === 1 && alertsPassed(limit, measure, settled) >= alerts.length - 1;
}

interface PassedShares {
  readonly measure: Measure;
  /** How many. */
  readonly passed: number;
  readonly code: FinalRefusal | null;
}

function tellShare(account: Account, { measure, passed, code }: PassedShares, to: Alerted): void {
  const share = account.limit.alerts[passed - 1];
  account.told[measure] = passed;
  if (share !== undefined) to(alertOf(account, { measure, passed: share, code }));
}

function alertOf(
  account: Account,
  what: Pick<BudgetAlert, "measure" | "passed" | "code">,
): BudgetAlert {
  const { limit, tenant, account: name, windowStartMs, settled } = account;
  const { scope, window, most } = limit;
  const { measure } = what;
  const figures = { limit: most[measure] ?? 0, used: settled[measure] };
  return { tenant, scope, account: name, window, windowStartMs, ...what, ...figures };
}

/**
 * An account goes on under another limit: what it has passed already is no news, but for the
 * whole, since that it refuses is news.
 */
export function retellUnder(account: Account, limit: BudgetLimit): void {
  if (isSame(account.limit, limit)) return;
  Object.assign(account.told, toldOf(limit, account.settled));
  account.toldRefusals = nothingTold;
}

/** Of an account of which nobody was told anything. */
export const nothingTold: ReadonlySet<string> = new Set();

/** A configuration that is read again has new objects for what it says as before. */
const isSame = (one: BudgetLimit, other: BudgetLimit): boolean =>
  measures.every((measure) => one.most[measure] === other.most[measure]) &&
  one.alerts.join() === other.alerts.join();

function toldOf(limit: BudgetLimit, settled: Amounts): Sums {
  const told = noSums();
  const parts = limit.alerts.filter((share) => share < 1).length;
  for (const measure of measures) {
    told[measure] = Math.min(parts, alertsPassed(limit, measure, settled));
  }
  return told;
}

/** How many alerts of a limit such a sum has passed. */
function alertsPassed({ most, alerts }: BudgetLimit, measure: Measure, settled: Amounts): number {
  const limit = most[measure];
  if (limit === null) return 0;
  const passed = alerts.findIndex((share) => settled[measure] < share * limit);
  return passed === -1 ? alerts.length : passed;
}
