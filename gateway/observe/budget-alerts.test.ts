import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { BudgetEvent } from "../budget-alert.ts";
import { BudgetAlerts } from "./budget-alerts.ts";
import { readableLog } from "./log-fixture.ts";

const event: BudgetEvent = {
  id: "1",
  atMs: 0,
  tenant: "acme",
  scope: "key",
  account: "key:web:day",
  window: "day",
  windowStartMs: 0,
  measure: "nanoUsd",
  passed: 0.8,
  limit: 1_000,
  used: 850,
  code: null,
};

test("MON-12 a line says what was: a share was spent, a call was refused", () => {
  const { log, lines } = readableLog("warn");
  const alerts = new BudgetAlerts(log, new Metrics());
  const code = "budget_exhausted";
  alerts.told(event);
  alerts.told({ ...event, passed: 1, used: 1_000 });
  alerts.told({ ...event, passed: 1, used: 950, code });
  alerts.told({ ...event, passed: null, used: 177, code });
  const told = lines() as Record<string, unknown>[]; // as the log writes them
  assert.deepEqual(
    told.map(({ message, share, refused }) => [message, share, refused]),
    [
      ["a share of a budget was spent", 0.8, undefined],
      ["a budget was spent", 1, undefined],
      ["a budget was spent, a call was refused", 1, code],
      ["a budget refused a call", 0.177, code],
    ],
  );
});
