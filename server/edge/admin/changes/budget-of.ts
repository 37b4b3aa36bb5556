import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import type { BudgetLimits, BudgetSelector } from "@sekisho/wire/admin/budget-change.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../../config/schema.ts";

export type Budget = Config["tenants"][string]["budgets"][number];

/** A budget as people name it: `team by day`, `session`, `request "chat"`. */
export const budgetTitle = ({ scope, window, name }: BudgetSelector): string =>
  scope + (window === null ? "" : ` by ${window}`) + (name === null ? "" : ` "${name}"`);

export const limitsOf = (budget: Budget): BudgetLimits => {
  const { usd, inputTokens, outputTokens, totalTokens, alerts } = budget;
  return { usd, inputTokens, outputTokens, totalTokens, alerts };
};

/** A budget, and where it stands among those of its tenant. */
interface FoundBudget {
  readonly at: number;
  readonly budget: Budget;
}

/**
 * The one budget that somebody means: one scope may stand there by day and by month.
 * Throws Failure `not_found`, naming the nearest, and `invalid_value` where two fit.
 */
export function findBudget(
  tenant: string,
  budgets: readonly Budget[],
  meant: BudgetSelector,
): FoundBudget {
  const fitting = [...budgets.entries()]
    .map(([at, budget]) => ({ at, budget }))
    .filter(({ budget }) => fits(budget, meant));
  const [found] = fitting;
  const what = `Cannot change a budget of ${tenant}`;
  if (found === undefined) {
    const asked = budgetTitle(meant);
    const known = budgets.map(budgetTitle);
    // Who spends is what was meant: a slip is sooner one of the window or of the name.
    const ofScope = budgets.filter(({ scope }) => scope === meant.scope).map(budgetTitle);
    const near = nearest(asked, ofScope.length === 0 ? known : ofScope)?.text;
    const others =
      known.length === 1 ? ", the only one" : `; budgets of ${tenant}: ${known.join(", ")}`;
    const hint = near === undefined ? "it has none" : `the nearest is ${near}${others}`;
    throw new Failure<Code>("not_found", `${what}: there is none of ${asked}; ${hint}`);
  }
  if (fitting.length > 1) {
    const both = fitting.map(({ budget }) => budgetTitle(budget)).join(", ");
    const message = `${what}: ${budgetTitle(meant)} may be ${both}; name the window or the name`;
    throw new Failure<Code>("invalid_value", message);
  }
  return found;
}

const fits = (budget: Budget, { scope, window, name }: BudgetSelector): boolean =>
  budget.scope === scope &&
  (window === null || budget.window === window) &&
  (name === null || budget.name === name);
