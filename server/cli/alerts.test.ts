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
  ]);
  const [head = "", ...lines] = text.trimEnd().split("\n");
  assert.match(head, /^TIME +TENANT +ACCOUNT +SHARE +USED +LIMIT +OF +REFUSED$/);
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/).slice(1).join(" | ")),
    [
      "demo | user:demo/anna@example.com:day | 80 % | 4.10 | 5.00 | USD | -",
      "demo | session:demo/%1B[2Jx | 61.27 % | 61,270 | 100,000 | output tokens | budget_exhausted",
    ],
  );
  assert.equal(alertText([]), "no alerts\n");
});
