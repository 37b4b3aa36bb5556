import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertView } from "@sekisho/wire/admin/alerts.ts";
import { alertText } from "./alerts.ts";

const alert = (more: Partial<AlertView>): AlertView => ({
  id: "evt_1",
  time: "2026-11-21T12:00:00.000Z",
  tenant: "demo",
  scope: "user",
  account: "user:demo/anna%40example.com:day",
  window: "day",
  windowStart: "2026-11-21T00:00:00.000Z",
  measure: "cost",
  share: 0.8,
  limit: 5_000_000_000,
  used: 4_100_000_000,
  code: null,
  ...more,
});

test("MON-12 alerts name accounts as budgets do, and nothing that moves a cursor", () => {
  const strange = encodeURIComponent("\u001b[2Jx");
  const text = alertText([
    alert({}),
    alert({
      account: `session:demo/${strange}`,
      measure: "outputTokens",
      share: 0.6127,
      used: 61_270,
      limit: 100_000,
      code: "budget_exhausted",
    }),
    alert({ share: 1, used: 4_950_000_000, code: "budget_exhausted" }),
    alert({ share: 0.177, used: 885_000_000, code: "request_exceeds_budget" }),
  ]);
  const [head = "", ...lines] = text.trimEnd().split("\n");
  assert.match(head, /^TIME +TENANT +ACCOUNT +SHARE +USED +LIMIT +OF +WHAT WAS TOLD$/);
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/).slice(1).join(" | ")),
    [
      "demo | user:demo/anna@example.com:day | 80 % | 4.10 | 5.00 | USD | was spent",
      "demo | session:demo/%1B[2Jx | 61.27 % | 61,270 | 100,000 | output tokens | " +
        "a call was refused: budget_exhausted",
      "demo | user:demo/anna@example.com:day | 100 % | 4.95 | 5.00 | USD | " +
        "was spent, a call was refused: budget_exhausted",
      "demo | user:demo/anna@example.com:day | 17.7 % | 0.885 | 5.00 | USD | " +
        "a call was refused: request_exceeds_budget",
    ],
  );
  assert.equal(alertText([]), "no alerts\n");
});
