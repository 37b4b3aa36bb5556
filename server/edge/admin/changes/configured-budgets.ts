import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { ConfiguredBudget } from "@sekisho/wire/admin/budgets.ts";
import type { Config } from "../../../config/schema.ts";
import { limitsOf } from "./budget-of.ts";

type Held = Pick<Account, "tenant"> & {
  readonly limit: Pick<Account["limit"], "scope" | "window">;
};

/**
 * Budgets that tenants have and none of these accounts is of: those of a tenant without a key, of
 * users, sessions and rules that nobody named, of requests, which have no accounts. Null: of all.
 */
export function configuredBudgets(
  { tenants }: Pick<Config, "tenants">,
  tenant: string | null,
  accounts: readonly Held[],
): ConfiguredBudget[] {
  const held = new Set(accounts.map(({ tenant: whose, limit }) => keyOf(whose, limit)));
  return Object.entries(tenants)
    .filter(([name]) => tenant === null || name === tenant)
    .flatMap(([name, { budgets }]) =>
      budgets
        .filter((budget) => !held.has(keyOf(name, budget)))
        .map((budget) => ({
          tenant: name,
          scope: budget.scope,
          window: budget.window,
          name: budget.name,
          limits: limitsOf(budget),
        })),
    );
}

const keyOf = (
  tenant: string,
  { scope, window }: { readonly scope: string; readonly window: string | null },
): string => JSON.stringify([tenant, scope, window]);
