import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetView } from "@sekisho/wire/admin/budgets.ts";
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
  const text = budgetText({ budgets: [budgetOf("user23@example.com"), budgetOf("\u001b[2Jx")] });
  const [, known, strange] = text.split("\n");
  assert.match(known ?? "", /^user:demo\/user23@example\.com:day +1\.20 of 5\.00 /);
  assert.match(strange ?? "", /^user:demo\/%1B\[2Jx:day /);
});
