import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetView, ConfiguredBudget } from "@sekisho/wire/admin/budgets.ts";
import { budgetText } from "./budgets.ts";

const budgetOf = (user: string): BudgetView => ({
  account: `user:demo/${encodeURIComponent(user)}:day`,
  tenant: "demo",
  scope: "user",
  window: "day",
  resetsAt: "2026-11-22T00:00:00.000Z",
  cost: { limit: 5_000_000_000, used: 1_200_000_000, reserved: 0, remaining: 3_800_000_000 },
  inputTokens: null,
  outputTokens: null,
});

test("MON-6 budgets name users as they are, and nothing that moves a cursor", () => {
  const budgets = [budgetOf("user23@example.com"), budgetOf("\u001b[2Jx")];
  const text = budgetText({ budgets, configured: [] });
  const [, known, strange] = text.split("\n");
  assert.match(known ?? "", /^user:demo\/user23@example\.com:day +1\.20 of 5\.00 /);
  assert.match(strange ?? "", /^user:demo\/%1B\[2Jx:day /);
});

const none = {
  usd: null,
  inputTokens: null,
  outputTokens: null,
  totalTokens: null,
  alerts: [],
};

const configured: readonly ConfiguredBudget[] = [
  {
    tenant: "acme",
    scope: "tenant",
    window: "month",
    name: null,
    limits: { ...none, usd: 1_000.5 },
  },
  {
    tenant: "acme",
    scope: "user",
    window: "day",
    name: null,
    limits: { ...none, outputTokens: 250_000 },
  },
  {
    tenant: "acme",
    scope: "request",
    window: null,
    name: "chat",
    limits: { ...none, totalTokens: 5_024 },
  },
];

test("MON-6 limits that have no account yet are shown, not that there are no budgets", () => {
  assert.equal(
    budgetText({ budgets: [], configured }),
    "LIMIT OF                     COST USD  INPUT   OUTPUT  TOTAL\n" +
      "acme by month                 1,000.5      -        -      -\n" +
      "each user of acme by day            -      -  250,000      -\n" +
      'each request of acme "chat"         -      -        -  5,024\n',
  );
  const own = { ...budgetOf("anna"), tenant: "acme", account: "key:web:day" };
  const both = budgetText({ budgets: [own], configured });
  assert.match(both, /^ACCOUNT .*\nkey:web:day .*\n\nLIMIT OF /);
  assert.equal(budgetText({ budgets: [], configured: [] }), "no budgets\n");
});

test("MON-6 accounts of several tenants are shown with their tenants", () => {
  const own = { ...budgetOf("anna"), tenant: "acme", account: "key:web:day" };
  const several = budgetText({ budgets: [own, budgetOf("anna")], configured: [] });
  assert.match(
    several,
    /^TENANT +ACCOUNT .*\nacme +key:web:day +1\.20 .*\ndemo +user:demo\/anna:day +1\.20 .*\n$/,
  );
  const other = budgetText({ budgets: [budgetOf("anna")], configured });
  assert.match(other, /^TENANT +ACCOUNT .*\ndemo +user:demo\/anna:day .*\n\nLIMIT OF .*\nacme /);
});
