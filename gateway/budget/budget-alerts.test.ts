import assert from "node:assert/strict";
import { test } from "node:test";
import { shareOf } from "../budget-alert.ts";
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
  const told = () => alerts.map(({ passed, used }) => [passed, used]);
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
    alerts.map(({ passed, limit: most }) => [passed, most]),
    [
      [1, 100],
      [1, 150],
    ],
  );
});

test("MON-12 that all is spent is told with the first call that is refused for it", () => {
  const limit = { ...daily(1_000), alerts: [0.5, 0.95, 1] };
  const { budgets, alerts } = setUp([limit]);
  const told = () => alerts.map(({ passed, used, code }) => [passed, used, code]);
  const spend = (nanoUsd: number): void => {
    budgets.settle(budgets.reserve(spender, money(nanoUsd)), money(nanoUsd));
  };
  const refused = (nanoUsd: number) =>
    refusalOf(() => budgets.reserve(spender, money(nanoUsd))).code;
  spend(600);
  const hold = budgets.reserve(spender, money(390));
  // What comes back is no news.
  assert.equal(refused(100), "in_flight");
  assert.deepEqual(told(), [[0.5, 600, null]]);
  budgets.settle(hold, money(380));
  assert.deepEqual(told().at(-1), [0.95, 980, null]);
  assert.equal(refusalOf(() => budgets.check(spender, money(21))).code, "budget_exhausted");
  assert.equal(told().length, 2);
  for (let n = 0; n < 3; n++) assert.equal(refused(21), "budget_exhausted");
  assert.deepEqual(told().slice(2), [[1, 980, "budget_exhausted"]]);
});

test("MON-12 the first refusal is told where no share says it, each code once in a window", () => {
  const limit = { ...daily(1_000), alerts: [0.5] };
  const { budgets, alerts, clock } = setUp([limit]);
  const told = () => alerts.map((each) => [each.passed, shareOf(each), each.code]);
  const refuse = (nanoUsd: number): void => {
    refusalOf(() => budgets.reserve(spender, money(nanoUsd)));
  };
  refuse(1_001);
  refuse(1_001);
  assert.deepEqual(told(), [[null, 0, "request_exceeds_budget"]]);
  budgets.settle(budgets.reserve(spender, money(400)), money(400));
  refuse(601);
  refuse(601);
  assert.deepEqual(told().slice(1), [[null, 0.4, "budget_exhausted"]]);
  clock.stepWall(86_400_000);
  refuse(1_001);
  assert.deepEqual(told().slice(2), [[null, 0, "request_exceeds_budget"]]);
  const silent = setUp([{ ...limit, alerts: [] }]);
  refusalOf(() => silent.budgets.reserve(spender, money(1_001)));
  assert.deepEqual(silent.alerts, []);
});

test("MON-12 an early refusal does not take the place of the share 1", () => {
  const { budgets, alerts } = setUp([{ ...daily(1_000), alerts: [0.5, 1] }]);
  const told = () => alerts.map(({ passed, used }) => [passed, used]);
  const spend = (nanoUsd: number): void => {
    budgets.settle(budgets.reserve(spender, money(nanoUsd)), money(nanoUsd));
  };
  spend(100);
  refusalOf(() => budgets.reserve(spender, money(950)));
  assert.deepEqual(told(), [[null, 100]]);
  spend(890);
  refusalOf(() => budgets.reserve(spender, money(20)));
  assert.deepEqual(told().slice(1), [
    [0.5, 990],
    [1, 990],
  ]);
  spend(10);
  refusalOf(() => budgets.reserve(spender, money(1)));
  assert.equal(told().length, 3, "whoever was told that all is spent expects refusals");
});

test("MON-12 nobody is told of a try that another one follows", () => {
  const { budgets, alerts } = setUp([{ ...daily(100), alerts: [0.5] }]);
  refusalOf(() => budgets.reserve(spender, money(101), false));
  assert.deepEqual(alerts, []);
});

test("MON-12 a configuration that is read again takes nothing away that is to be told", () => {
  const limit = { ...daily(100), alerts: [0.5, 1] };
  const before = setUp([limit]);
  before.budgets.settle(before.budgets.reserve(spender, money(60)), money(60));
  // As after a crash: the sum is in the store, that it was told is not.
  const { budgets, alerts } = setUp([limit], before.store);
  budgets.reserve(spender, money(1));
  budgets.configure(() => ({ accounts: [{ ...limit }], request: null }));
  budgets.settle(budgets.reserve(spender, money(1)), money(1));
  assert.deepEqual(
    alerts.map(({ passed, used }) => [passed, used]),
    [[0.5, 61]],
  );
});

test("MON-12 what a restart or a cut leaves spent is told with the first refusal", () => {
  const limit = { ...daily(100), alerts: [0.5, 1] };
  const before = setUp([limit]);
  before.budgets.settle(before.budgets.reserve(spender, money(60)), money(60));
  const cut = { ...limit, most: { ...unlimited, nanoUsd: 40 } };
  const told = ({ alerts }: typeof before) => alerts.map((each) => [each.passed, each.limit]);
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

test("MON-12 names that clients make up tell nothing before something was spent", () => {
  const named = { ...spender, attribution: { user: "anna", session: "s-1", rule: "restock" } };
  for (const scope of ["user", "session", "rule"] as const) {
    for (const most of [100, 0]) {
      const { budgets, alerts } = setUp([{ ...daily(most), scope, alerts: [0.5, 1] }]);
      refusalOf(() => budgets.reserve(named, money(101)));
      assert.deepEqual(alerts, [], `${scope} ${most}`);
    }
  }
});

test("MON-12 each budget that refuses a call is told of, by its own refusal", () => {
  const tenant: BudgetLimit = { ...daily(100), scope: "tenant", alerts: [1] };
  const key: BudgetLimit = { ...daily(90), alerts: [1] };
  const user: BudgetLimit = { ...daily(80), scope: "user", alerts: [0.5] };
  const { budgets, alerts } = setUp([tenant, key, user]);
  budgets.settle(budgets.reserve(spender, money(30)), money(30));
  assert.equal(refusalOf(() => budgets.reserve(spender, money(75))).code, "budget_exhausted");
  assert.deepEqual(
    alerts.map(({ scope, passed, used, code }) => [scope, passed, used, code]),
    [
      ["tenant", 1, 30, "budget_exhausted"],
      ["key", 1, 30, "budget_exhausted"],
      ["user", null, 30, "budget_exhausted"],
    ],
  );
});
