import type { Account } from "@sekisho/gateway/budget/account.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseBudgetQuery,
  type BudgetList,
  type BudgetQuery,
} from "@sekisho/wire/admin/budgets.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { budgetView } from "../budget-view.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

const shown = 1_000;

/**
 * `GET /admin/budgets`: what tenants, their teams and their keys have spent and may spend yet; of
 * users and sessions those that the query names.
 */
export async function getBudgets(
  { exchange }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const parsed = parseBudgetQuery(exchange.head.query);
  if (!parsed.ok) {
    const { code, message, path } = parsed;
    throw new Failure<Code>(code, message, path === null ? {} : { param: path });
  }
  const accounts = accountsOf(parsed.value, context);
  const body: BudgetList = {
    budgets: accounts.slice(0, shown).map(budgetView),
    more: Math.max(0, accounts.length - shown),
  };
  return { status: 200, body };
}

function accountsOf(
  { tenant, key, user, session }: BudgetQuery,
  { keyring, budgets }: Pick<AdminContext, "keyring" | "budgets">,
): Readonly<Account>[] {
  // One that is not there is said so, also by its revocation.
  const principals = key === null ? keyring.clients() : [keyring.named(key)];
  const found = new Map<string, Readonly<Account>>();
  for (const principal of principals) {
    if (tenant !== null && principal.tenant !== tenant) continue;
    for (const account of budgets.booksOf({ principal, attribution: { user, session } })) {
      if (account.limit.scope === "user" && user === null) continue;
      found.set(account.account, account);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.account < b.account ? -1 : 1));
}
