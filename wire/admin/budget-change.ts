import type { Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

export const budgetScopes = [
  "tenant",
  "team",
  "key",
  "rule",
  "user",
  "session",
  "request",
] as const;
export type BudgetScope = (typeof budgetScopes)[number];

export const budgetWindows = ["day", "month"] as const;
export type BudgetWindow = (typeof budgetWindows)[number];

/** `set`: of one that there is, `add`: of one that there is not, `remove`: with all its limits. */
export const budgetActions = ["set", "add", "remove"] as const;

/** What one budget says, in the words of the configuration; null is no limit. */
export interface BudgetLimits {
  readonly usd: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  readonly alerts: readonly number[];
}

export const budgetLimits = [
  "usd",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "alerts",
] as const;

/** Which budget of a tenant; what is null is not said, and only one must be left. */
export interface BudgetSelector {
  readonly scope: BudgetScope;
  readonly window: BudgetWindow | null;
  readonly name: string | null;
}

/** `POST /admin/budgets`: one budget of the configuration is changed, and no other. */
export interface BudgetChange extends BudgetSelector {
  readonly tenant: string;
  readonly action: (typeof budgetActions)[number];
  /** What is not named stays. Values are judged with the configuration. */
  readonly limits: Readonly<Record<string, unknown>>;
}

/** The answer: which budget it was, and what it said before and says now; null: there was none. */
export interface BudgetChanged extends BudgetSelector {
  readonly tenant: string;
  readonly before: BudgetLimits | null;
  readonly after: BudgetLimits | null;
  /** Whether the tenant's budgets are those set at run time from now on, or the file's. */
  readonly isRunTime: boolean;
}

const anyName = { pattern: /^[\x21-\x7e]{1,128}$/, says: "a name" };
const fieldNames = ["tenant", "scope", "window", "name", "action", "limits"];

export function parseBudgetChange(body: unknown): Parsed<BudgetChange, FieldCode> {
  const fields = new Fields(body, fieldNames);
  const tenant = fields.required("tenant", anyName);
  const scope = fields.requiredChoice("scope", budgetScopes);
  const window = fields.choiceOrNull("window", budgetWindows);
  const name = fields.optional("name", anyName);
  const action = fields.choice("action", budgetActions, "set");
  const limits = fields.object("limits") ?? {};
  const own = new Fields(limits, budgetLimits).done(null);
  return own.ok ? fields.done({ tenant, scope, window, name, action, limits }) : own;
}
