import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  BudgetChange,
  BudgetChanged,
  BudgetLimits,
  BudgetSelector,
} from "@sekisho/wire/admin/budget-change.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../../config/schema.ts";
import { budgetTitle, findBudget, limitsOf, type Budget } from "./budget-of.ts";
import { nearestOf } from "../reach/nearest-of.ts";

/** The list of a tenant's budgets after a change, and what became of the one that it is about. */
export interface EditedBudgets {
  readonly budgets: readonly unknown[];
  readonly which: BudgetSelector;
  readonly before: BudgetLimits | null;
}

/** What one change makes of the budgets in force. Throws Failure where it is about none or two. */
export function editBudgets({ tenants }: Config, change: BudgetChange): EditedBudgets {
  const { tenant, action, limits, scope, window, name } = change;
  const budgets = Object.hasOwn(tenants, tenant) ? tenants[tenant]?.budgets : undefined;
  if (budgets === undefined) {
    const shown = tenant.slice(0, 64);
    const near = nearestOf(tenant, Object.keys(tenants));
    throw new Failure<Code>("not_found", `Cannot find tenant "${shown}": there is none${near}`);
  }
  const said = Object.keys(limits).length;
  if ((said === 0) !== (action === "remove")) {
    const why = said === 0 ? "no limit is named" : "a budget that is removed has no limits";
    throw new Failure<Code>("invalid_value", `Cannot change a budget of ${tenant}: ${why}`);
  }
  if (action === "add") {
    const added = { scope, name, window, ...limits };
    checkNew(tenant, budgets, change);
    return { budgets: [...budgets, added], which: change, before: null };
  }
  const { at, budget } = findBudget(tenant, budgets, change);
  const next = action === "remove" ? [] : [{ ...budget, ...limits }];
  const others: readonly unknown[] = budgets;
  return { budgets: others.toSpliced(at, 1, ...next), which: budget, before: limitsOf(budget) };
}

/** A budget of the configuration in force, by what it is of; null where there is none. */
export function limitsInForce(
  { tenants }: Config,
  tenant: string,
  which: BudgetSelector,
): BudgetChanged["after"] {
  const budget = tenants[tenant]?.budgets.find((each) => isSame(each, which));
  return budget === undefined ? null : limitsOf(budget);
}

const isSame = (budget: Budget, { scope, window, name }: BudgetSelector): boolean =>
  budget.scope === scope && budget.window === window && budget.name === name;

function checkNew(tenant: string, budgets: readonly Budget[], added: BudgetSelector): void {
  if (!budgets.some((each) => isSame(each, added))) return;
  const why = `it has one of ${budgetTitle(added)} already`;
  throw new Failure<Code>("conflict", `Cannot add a budget of ${tenant}: ${why}`);
}
