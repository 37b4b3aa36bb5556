import type { Principal } from "@sekisho/gateway/principal.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { usualBudgetStatus } from "@sekisho/wire/budget-status.ts";

/**
 * The status that a key wants refusals by budgets to have (MON-11); nothing for any other refusal,
 * and where the table's status stands.
 */
export function budgetStatusOf(
  principal: Pick<Principal, "budgetStatus"> | null,
  code: Code,
): { readonly status?: number } {
  const { budgetStatus: status = usualBudgetStatus } = principal ?? {};
  const isOfBudget = codes[code].status === usualBudgetStatus;
  return status === usualBudgetStatus || !isOfBudget ? {} : { status };
}
