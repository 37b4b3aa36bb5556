import type { Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import type { BudgetPlan } from "../scenario/gateway-plan.ts";

/** Whose account it is; null where the spender has none. Ids here need no escaping. */
export function accountOf(
  { scope, window }: Pick<BudgetPlan, "scope" | "window">,
  spender: Spender,
): string | null {
  const { tenant, team, keyId } = spender.principal;
  const { session, rule } = spender.attribution;
  switch (scope) {
    case "tenant":
      return `tenant:${tenant}:${window}`;
    case "team":
      return team && `team:${tenant}/${team}:${window}`;
    case "key":
      return `key:${keyId}:${window}`;
    case "rule":
      return rule ? `rule:${tenant}/${rule}:${window}` : null;
    case "session":
      return session && `session:${tenant}/${session}`;
  }
}
