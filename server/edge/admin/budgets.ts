import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseBudgetQuery,
  type BudgetList,
  type BudgetQuery,
} from "@sekisho/wire/admin/budgets.ts";
import { parseBudgetChange, type BudgetChanged } from "@sekisho/wire/admin/budget-change.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../config/schema.ts";
import { formatPath } from "../../config/config-path.ts";
import { budgetView } from "../views/budget-view.ts";
import type { AdminContext } from "./admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { editBudgets, limitsInForce, type EditedBudgets } from "./changes/change-budget.ts";
import { settingEntry } from "./changes/setting-entry.ts";
import { configuredBudgets } from "./changes/configured-budgets.ts";
import { isInReach, tenantAsked } from "./reach/tenant-reach.ts";

const shown = 1_000;

/**
 * `GET /admin/budgets`: what tenants, their teams and their keys have spent and may spend yet; of
 * users and sessions those that the query names. Limits that have no account there are told too.
 */
export async function getBudgets(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const query = parsed(parseBudgetQuery(exchange.head.query));
  const tenant = tenantAsked(staff, query.tenant, context);
  const accounts = accountsOf({ ...query, tenant }, staff, context);
  const { config } = context.config;
  const configured = query.key === null ? configuredBudgets(config, tenant, accounts) : [];
  const body: BudgetList = {
    budgets: accounts.slice(0, shown).map(budgetView),
    configured: configured.slice(0, shown),
    more: Math.max(0, accounts.length - shown) + Math.max(0, configured.length - shown),
  };
  return { status: 200, body };
}

/**
 * `POST /admin/budgets`: one budget of a tenant is set, added or removed, made of the configuration
 * that is in force when the change has its turn: of changes made at once none takes back another.
 */
export async function postBudget(
  request: AdminRequest,
  { config, audit }: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId } = request;
  const change = parsed(parseBudgetChange(await jsonBody(request)));
  const { tenant } = change;
  const object = formatPath(["tenants", tenant, "budgets"]);
  const entry = { event: "admin.config.set", object, by, requestId } as const;
  let edited: EditedBudgets | null = null;
  const edit = (now: Config): readonly unknown[] => (edited = editBudgets(now, change)).budgets;
  const isChanged = await config.edit(object, edit, {
    by,
    also: (values) => [audit.row(settingEntry(entry, values))],
  });
  if (isChanged) audit.told(entry);
  // No branch of `edit` leaves it null.
  const { which, before } = edited ?? editBudgets(config.config, change);
  const { scope, window, name } = which;
  const after = limitsInForce(config.config, tenant, which);
  const isRunTime = config.isSet(object);
  const body: BudgetChanged = { tenant, scope, window, name, before, after, isRunTime };
  return { status: 200, body };
}

function accountsOf(
  { tenant, key, rule, user, session }: BudgetQuery,
  staff: Staff,
  { keyring, budgets }: Pick<AdminContext, "keyring" | "budgets">,
): Readonly<Account>[] {
  // One that is not there is said so, also by its revocation.
  const principals = key === null ? keyring.clients() : [keyInReach(key, staff, keyring)];
  const found = new Map<string, Readonly<Account>>();
  for (const principal of principals) {
    if (tenant !== null && principal.tenant !== tenant) continue;
    for (const account of budgets.booksOf({ principal, attribution: { rule, user, session } })) {
      if (account.limit.scope === "user" && user === null) continue;
      found.set(account.account, account);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.account < b.account ? -1 : 1));
}

/** What is another tenant's is not there, in the words for what is not there (SEC-8). */
function keyInReach(key: string, staff: Staff, keyring: AdminContext["keyring"]): Principal {
  if (isInReach(staff, keyring.find(key)?.grant.tenant ?? null)) return keyring.named(key);
  throw new Failure<Code>("not_found", `Cannot find key ${key}: there is none`);
}
