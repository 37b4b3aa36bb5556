import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetLimit } from "./budget-limit.ts";
import { daily, money, refusalOf, setUp, spender, unlimited } from "./budgets-fixture.ts";

test("MON-12 each share is told once in a window, of several the highest", () => {
  const limit = { ...daily(1_000), alerts: [0.5, 0.8, 1] };
  const { budgets, alerts, clock, store } = setUp([limit]);
  const spend = (nanoUsd: number): void => {
    budgets.settle(budgets.reserve(spender, money(nanoUsd)), money(nanoUsd));
  };
  spend(499);
  assert.deepEqual(alerts, []);
  spend(1);
  spend(10);
  spend(490);
  const told = () => alerts.map(({ share, used }) => [share, used]);
  assert.deepEqual(told(), [
    [0.5, 500],
    [1, 1_000],
  ]);
  const afterRestart = setUp([limit], store);
  assert.equal(
    refusalOf(() => afterRestart.budgets.check(spender, money(1))).code,
    "budget_exhausted",
  );
  assert.deepEqual(afterRestart.alerts, []);
  clock.stepWall(86_400_000);
  spend(800);
  assert.deepEqual(told().at(-1), [0.8, 800]);
});

test("MON-12 a limit that is raised is told of anew, from the shares not yet spent", () => {
  const limit = { ...daily(100), alerts: [0.5, 1] };
  const { budgets, alerts } = setUp([limit]);
  const spend = (nanoUsd: number): void => {
    budgets.settle(budgets.reserve(spender, money(nanoUsd)), money(nanoUsd));
  };
  spend(100);
  const raised = { accounts: [{ ...limit, most: { ...unlimited, nanoUsd: 150 } }], request: null };
  budgets.configure(() => raised);
  spend(50);
  assert.deepEqual(
    alerts.map(({ share, limit: most }) => [share, most]),
    [
      [1, 100],
      [1, 150],
    ],
  );
});

test("MON-12 that all is spent is told with the first call that is refused for it", () => {
  const limit = { ...daily(1_000), alerts: [0.5, 0.95, 1] };
  const { budgets, alerts } = setUp([limit]);
  const told = () => alerts.map(({ share, used }) => [share, used]);
  const spend = (nanoUsd: number): void => {
    budgets.settle(budgets.reserve(spender, money(nanoUsd)), money(nanoUsd));
  };
  const refused = (nanoUsd: number) =>
    refusalOf(() => budgets.reserve(spender, money(nanoUsd))).code;
  spend(600);
  // Too large a call says nothing of smaller ones, and neither does what comes back.
  assert.equal(refused(500), "budget_exhausted");
  const hold = budgets.reserve(spender, money(390));
  assert.equal(refused(100), "in_flight");
  assert.deepEqual(told(), [[0.5, 600]]);
  budgets.settle(hold, money(380));
  assert.equal(refused(1_001), "request_exceeds_budget");
  assert.deepEqual(told().at(-1), [0.95, 980]);
  assert.equal(refusalOf(() => budgets.check(spender, money(21))).code, "budget_exhausted");
  assert.equal(told().length, 2);
  for (let n = 0; n < 3; n++) assert.equal(refused(21), "budget_exhausted");
  assert.deepEqual(told().slice(2), [[1, 980]]);
});

test("MON-12 what a restart or a cut leaves spent is told with the first refusal", () => {
  const limit = { ...daily(100), alerts: [0.5, 1] };
  const before = setUp([limit]);
  before.budgets.settle(before.budgets.reserve(spender, money(60)), money(60));
  const cut = { ...limit, most: { ...unlimited, nanoUsd: 40 } };
  const told = ({ alerts }: typeof before) => alerts.map((each) => [each.share, each.limit]);
  const refuse = ({ budgets }: typeof before): void => {
    assert.equal(refusalOf(() => budgets.reserve(spender, money(1))).code, "budget_exhausted");
  };
  before.budgets.configure(() => ({ accounts: [cut], request: null }));
  refuse(before);
  assert.deepEqual(told(before), [
    [0.5, 100],
    [1, 40],
  ]);
  const restarted = setUp([cut], before.store);
  refuse(restarted);
  assert.deepEqual(told(restarted), [[1, 40]]);
});

test("MON-12 each budget that refuses a call is told of, where its alerts have the share 1", () => {
  const tenant: BudgetLimit = { ...daily(100), scope: "tenant", alerts: [1] };
  const key: BudgetLimit = { ...daily(90), alerts: [1] };
  const user: BudgetLimit = { ...daily(80), scope: "user", alerts: [0.5] };
  const { budgets, alerts } = setUp([tenant, key, user]);
  budgets.settle(budgets.reserve(spender, money(30)), money(30));
  assert.equal(refusalOf(() => budgets.reserve(spender, money(75))).code, "budget_exhausted");
  assert.deepEqual(
    alerts.map(({ scope, share, used }) => [scope, share, used]),
    [
      ["tenant", 1, 30],
      ["key", 1, 30],
    ],
  );
});
