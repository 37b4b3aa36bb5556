import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readablePercent } from "@sekisho/lib/text/percent-encoded.ts";
import type { BudgetChanged } from "@sekisho/wire/admin/budget-change.ts";
import type { BudgetList, BudgetView } from "@sekisho/wire/admin/budgets.ts";
import type { AdminClient } from "./admin-client.ts";
import { formatCount, formatCounted, formatUsd } from "./format-figures.ts";

/** Those of the others are many, and shown only where somebody names one. */
const listedScopes: ReadonlySet<string> = new Set(["tenant", "team", "key"]);

/**
 * What a change means for accounts that have spent as much as it allows, or more; null where none
 * has. The change is made: that nobody can say this is no failure of it.
 */
export async function spentAlready(
  client: AdminClient,
  { tenant, scope, window, after }: BudgetChanged,
): Promise<string | null> {
  if (after === null || !listedScopes.has(scope)) return null;
  const query = new URLSearchParams({ tenant });
  try {
    // The server's own type: what is no answer of ours was refused by the client.
    const list = (await client.get(`/admin/budgets?${query.toString()}`)) as BudgetList;
    const ofBudget = list.budgets.filter((each) => each.scope === scope && each.window === window);
    return sentenceOf(ofBudget, after);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function sentenceOf(
  accounts: readonly BudgetView[],
  limits: NonNullable<BudgetChanged["after"]>,
): string | null {
  const spent = accounts.flatMap((each) => {
    const what = spentOf(each, limits);
    return what === null ? [] : [{ ...each, what }];
  });
  const [first] = spent;
  if (first === undefined) return null;
  const { account, what, resetsAt } = first;
  const until = resetsAt === null ? "" : `, until ${resetsAt}`;
  const others = spent.length - 1;
  const also = others === 0 ? "" : `; so are those of ${formatCounted(others, "further account")}`;
  const said = `${readablePercent(account)} has spent ${what}`;
  return `${said}: calls that spend from it are refused from now on${until}${also}.`;
}

/** `120.00 of 50.00 USD`; null while each of its limits has something left. */
function spentOf(
  { cost, inputTokens, outputTokens }: BudgetView,
  limits: NonNullable<BudgetChanged["after"]>,
): string | null {
  const nanoUsd = limits.usd === null ? null : Math.round(limits.usd * 1e9);
  if (cost !== null && nanoUsd !== null && Number(cost.used) >= nanoUsd) {
    return `${formatUsd(cost.used)} of ${formatUsd(nanoUsd)} USD`;
  }
  const measures = [
    { used: inputTokens?.used, limit: limits.inputTokens, name: "input tokens" },
    { used: outputTokens?.used, limit: limits.outputTokens, name: "output tokens" },
  ];
  for (const { used, limit, name } of measures) {
    if (used === undefined || limit === null || Number(used) < limit) continue;
    return `${formatCount(used)} of ${formatCount(limit)} ${name}`;
  }
  return null;
}
