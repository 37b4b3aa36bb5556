import type { RequestLimit } from "@sekisho/gateway/budget/budget-limit.ts";
import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { Measure } from "@sekisho/gateway/amounts.ts";
import { usdText } from "@sekisho/gateway/usd-text.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type {
  BudgetMeasureView,
  BudgetView,
  ClientBudgetView,
} from "@sekisho/wire/admin/budgets.ts";

/** The books of an account, for those who may see them. */
export function budgetView(account: Readonly<Account>): BudgetView {
  const { limit, tenant, account: name, windowEndMs } = account;
  return {
    account: name,
    tenant,
    scope: limit.scope,
    window: limit.window,
    resetsAt: Number.isFinite(windowEndMs) ? rfc3339(windowEndMs) : null,
    cost: measureView(account, "nanoUsd"),
    inputTokens: measureView(account, "inputTokens"),
    outputTokens: measureView(account, "outputTokens"),
  };
}

function measureView(account: Readonly<Account>, measure: Measure): BudgetMeasureView | null {
  const limit = account.limit.most[measure];
  if (limit === null) return null;
  const used = account.settled[measure];
  const reserved = account.reserved[measure];
  return { limit, used, reserved, remaining: Math.max(0, limit - used - reserved) };
}

/** What a client may spend yet, of all its accounts. */
export function clientBudgetView(
  accounts: readonly Readonly<Account>[],
  request: RequestLimit | null,
): ClientBudgetView {
  const budgets = accounts.map(budgetView);
  const daily = budgets.filter(({ window }) => window === "day");
  const session = budgets.filter(({ scope }) => scope === "session");
  return {
    daily: {
      inputRemaining: least(daily, "inputTokens"),
      outputRemaining: least(daily, "outputTokens"),
      costRemainingUsd: leastUsd(daily),
    },
    session: {
      inputRemaining: least(session, "inputTokens"),
      outputRemaining: least(session, "outputTokens"),
      costRemainingUsd: leastUsd(session),
    },
    perRequest: {
      maxInput: lesser(least(budgets, "inputTokens"), mostOf(request, "inputTokens")),
      maxOutput: lesser(least(budgets, "outputTokens"), mostOf(request, "outputTokens")),
    },
    budgets,
  };
}

/** Of a limit on both together, the other one takes a token at least. */
function mostOf(request: RequestLimit | null, kind: "inputTokens" | "outputTokens") {
  if (request === null) return null;
  const { totalTokens } = request;
  return lesser(request[kind], totalTokens === null ? null : Math.max(0, totalTokens - 1));
}

function leastUsd(budgets: readonly BudgetView[]): string | null {
  const cost = least(budgets, "cost");
  return cost === null ? null : usdText(cost);
}

const lesser = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

function least(
  budgets: readonly BudgetView[],
  kind: "cost" | "inputTokens" | "outputTokens",
): number | null {
  const remaining = budgets.flatMap(({ [kind]: view }) => view?.remaining ?? []).map(Number);
  return remaining.length === 0 ? null : Math.min(...remaining);
}
