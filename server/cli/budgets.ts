import { readablePercent } from "@sekisho/lib/text/percent-encoded.ts";
import type {
  BudgetList,
  BudgetMeasureView,
  BudgetView,
  ConfiguredBudget,
} from "@sekisho/wire/admin/budgets.ts";
import { AdminClient } from "./admin-client.ts";
import { budgetTitle, formatLimit } from "./budget-title.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatUsd } from "./format-figures.ts";
import { formatTable, type Column } from "./table.ts";

const filters = ["tenant", "key", "rule", "user", "session"];

const tenantColumn: Column = { title: "TENANT", align: "left" };

const columns: readonly Column[] = [
  { title: "ACCOUNT", align: "left" },
  { title: "COST USD", align: "right" },
  { title: "INPUT", align: "right" },
  { title: "OUTPUT", align: "right" },
  { title: "HELD", align: "right" },
  { title: "RESETS", align: "left" },
];

const limitColumns: readonly Column[] = [
  { title: "LIMIT OF", align: "left" },
  { title: "COST USD", align: "right" },
  { title: "INPUT", align: "right" },
  { title: "OUTPUT", align: "right" },
  { title: "TOTAL", align: "right" },
];

/** `1.20 of 5.00`; nothing where nothing is limited. */
const spentOf = (
  view: BudgetMeasureView | null,
  format: (figure: number | string) => string,
): string => (view === null ? "" : `${format(view.used)} of ${format(view.limit)}`);

/** What calls under way hold of it, in the first measure that it limits. */
function heldOf({ cost, inputTokens, outputTokens }: BudgetView): string {
  if (cost !== null) return formatUsd(cost.reserved);
  return formatCount((inputTokens ?? outputTokens)?.reserved ?? 0);
}

const rowOf = (budget: BudgetView): readonly string[] => [
  readablePercent(budget.account),
  spentOf(budget.cost, formatUsd),
  spentOf(budget.inputTokens, formatCount),
  spentOf(budget.outputTokens, formatCount),
  heldOf(budget),
  budget.resetsAt ?? "",
];

const limitRowOf = ({ limits, ...budget }: ConfiguredBudget): readonly string[] => [
  budgetTitle(budget),
  ...[limits.usd, limits.inputTokens, limits.outputTokens, limits.totalTokens].map((limit) =>
    limit === null ? "" : formatLimit(limit),
  ),
];

/** Names of accounts do not all have their tenant's. */
function accountTable(budgets: readonly BudgetView[], isOfSeveral: boolean): string {
  const rows = budgets.map(rowOf);
  if (!isOfSeveral) return formatTable(columns, rows);
  const owned = rows.map((row, n) => [budgets[n]?.tenant ?? "", ...row]);
  return formatTable([tenantColumn, ...columns], owned);
}

/**
 * A line for each account, with its tenant where there is more than one, then one for each limit
 * without any.
 */
export function budgetText({
  budgets,
  configured,
}: Pick<BudgetList, "budgets" | "configured">): string {
  const tenants = new Set([...budgets, ...configured].map(({ tenant }) => tenant));
  const tables = [
    ...(budgets.length === 0 ? [] : [accountTable(budgets, tenants.size > 1)]),
    ...(configured.length === 0 ? [] : [formatTable(limitColumns, configured.map(limitRowOf))]),
  ];
  return tables.length === 0 ? "no budgets\n" : tables.join("\n");
}

export async function showBudgets(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, filters);
  const path = `/admin/budgets?${query.toString()}`;
  // The server's own type: what is no answer of ours was refused by the client.
  const list = (await AdminClient.connect(invocation).get(path)) as BudgetList;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(list)}\n`);
    return "ok";
  }
  terminal.out(budgetText(list));
  if (list.more > 0) {
    terminal.err(`and ${formatCount(list.more)} more: ask for a tenant or a key\n`);
  }
  return "ok";
}
