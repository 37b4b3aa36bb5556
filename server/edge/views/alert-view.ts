import { shareOf, type BudgetEvent } from "@sekisho/gateway/budget-alert.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { AlertFacts, AlertView } from "@sekisho/wire/admin/alerts.ts";

const measures = {
  nanoUsd: "cost",
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
} as const;

/** So many decimals of the share that a refusal was told at. */
const shareDigits = 4;

/** What was told, but for its instants. */
export const alertFacts = (event: BudgetEvent): AlertFacts => {
  const { id, tenant, scope, account, window, measure, passed, limit, used, code } = event;
  return {
    id: `evt_${id}`,
    tenant,
    scope,
    account,
    window,
    measure: measures[measure],
    share: passed ?? Number(shareOf(event).toFixed(shareDigits)),
    limit,
    used,
    code,
  };
};

export const alertView = (event: BudgetEvent): AlertView => ({
  ...alertFacts(event),
  time: rfc3339(event.atMs),
  windowStart: event.window === null ? null : rfc3339(event.windowStartMs),
});
