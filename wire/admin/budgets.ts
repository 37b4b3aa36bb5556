import type { Parsed } from "../result.ts";
import type { BudgetLimits, BudgetSelector } from "./budget-change.ts";
import { readQuery } from "./_query.ts";
import type { NanoUsdJson } from "./usage.ts";

/** One limit and what there is of it; money in nano-USD. */
export interface BudgetMeasureView {
  readonly limit: NanoUsdJson;
  readonly used: NanoUsdJson;
  /** Held by calls under way. */
  readonly reserved: NanoUsdJson;
  readonly remaining: NanoUsdJson;
}

/** The books of one account in its present window. Null: this measure is not limited. */
export interface BudgetView {
  readonly account: string;
  readonly tenant: string;
  readonly scope: "tenant" | "team" | "key" | "rule" | "user" | "session";
  readonly window: "day" | "month" | null;
  /** RFC 3339; null where there is no window. */
  readonly resetsAt: string | null;
  readonly cost: BudgetMeasureView | null;
  readonly inputTokens: BudgetMeasureView | null;
  readonly outputTokens: BudgetMeasureView | null;
}

/** A budget as a tenant's configuration has it. */
export interface ConfiguredBudget extends BudgetSelector {
  readonly tenant: string;
  readonly limits: BudgetLimits;
}

/** `GET /admin/budgets`. */
export interface BudgetList {
  readonly budgets: readonly BudgetView[];
  /**
   * Budgets of which no account is among those: whoever they are for has no key yet, or is not
   * named. Empty where a key was asked for.
   */
  readonly configured: readonly ConfiguredBudget[];
  /** How many more there are. */
  readonly more: number;
}

/** Query of `GET /admin/budgets`: rules, users and sessions are those that are asked for. */
export interface BudgetQuery {
  readonly tenant: string | null;
  readonly key: string | null;
  readonly rule: string | null;
  readonly user: string | null;
  readonly session: string | null;
}

const params = ["tenant", "key", "rule", "user", "session"];

export function parseBudgetQuery(query: string): Parsed<BudgetQuery, "invalid_value"> {
  const read = readQuery(query, params);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const value = {
    tenant: of("tenant"),
    key: of("key"),
    rule: of("rule"),
    user: of("user"),
    session: of("session"),
  };
  return { ok: true, value };
}

/** What is left of a kind; null where nothing limits it. */
type Left = number | null;

/** `GET /v1/budget`: what the key, its user and its session may spend yet. */
export interface ClientBudgetView {
  /** The tightest budgets of this day; money as a decimal string of US dollars. */
  readonly daily: {
    readonly inputRemaining: Left;
    readonly outputRemaining: Left;
    readonly costRemainingUsd: string | null;
  };
  /** Of the session that the request names. */
  readonly session: {
    readonly inputRemaining: Left;
    readonly outputRemaining: Left;
    readonly costRemainingUsd: string | null;
  };
  /** What one request may come to now: the tightest of all budgets. */
  readonly perRequest: { readonly maxInput: Left; readonly maxOutput: Left };
  readonly budgets: readonly BudgetView[];
}
