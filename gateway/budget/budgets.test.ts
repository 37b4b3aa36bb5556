import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Principal } from "../principal.ts";
import {
  Budgets,
  type BudgetLimit,
  type BudgetSpent,
  type BudgetStore,
  type Hold,
} from "./budgets.ts";

const principal: Principal = {
  keyId: "k1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
};

class FakeStore implements BudgetStore {
  spent: BudgetSpent[] = [];
  spend(spent: BudgetSpent): { sql: string; params: [] } {
    this.spent.push(spent);
    return { sql: "", params: [] };
  }
  spentNanoUsd(account: string, windowStartMs: number): number {
    return this.spent
      .filter((each) => each.account === account && each.windowStartMs === windowStartMs)
      .reduce((sum, each) => sum + each.spentNanoUsd, 0);
  }
}

function setUp(limitNanoUsd: number, store = new FakeStore()) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 23, 59, 0));
  const limits: BudgetLimit[] = [{ scope: "key", window: "day", limitNanoUsd }];
  const budgets = new Budgets(clock, store, () => limits);
  return { clock, budgets, store };
}

const refusalOf = (run: () => unknown): Failure => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

test("MON-7 settle books the cost and frees the rest of the reservation", () => {
  const { budgets, store } = setUp(1_000);
  const hold = budgets.reserve(principal, 600);
  assert.equal(budgets.freeNanoUsd(principal), 400);
  budgets.settle(hold, 100);
  assert.equal(budgets.freeNanoUsd(principal), 900);
  assert.deepEqual(
    store.spent.map((each) => each.spentNanoUsd),
    [100],
  );
});

test("MON-7 a cost above the reservation is booked at the reservation", () => {
  const { budgets, store } = setUp(1_000);
  budgets.settle(budgets.reserve(principal, 600), 5_000);
  assert.equal(budgets.freeNanoUsd(principal), 400);
  assert.equal(store.spent[0]?.spentNanoUsd, 600);
});

test("MON-7 a hold that is settled at 0 leaves no trace", () => {
  const { budgets, store } = setUp(1_000);
  budgets.settle(budgets.reserve(principal, 600), 0);
  assert.equal(budgets.freeNanoUsd(principal), 1_000);
  assert.deepEqual(store.spent, []);
});

test("MON-7 a hold cannot be settled twice", () => {
  const { budgets } = setUp(1_000);
  const hold = budgets.reserve(principal, 600);
  budgets.settle(hold, 1);
  assert.throws(() => budgets.settle(hold, 1), /closed already/);
});

test("MON-6 every key has an account of its own", () => {
  const { budgets } = setUp(1_000);
  budgets.reserve(principal, 1_000);
  assert.equal(budgets.freeNanoUsd({ ...principal, keyId: "k2" }), 1_000);
});

test("MON-11 refusals tell a spent budget from money in flight and a call too dear", () => {
  const { budgets } = setUp(1_000);
  const tooDear = refusalOf(() => budgets.reserve(principal, 1_001));
  assert.equal(tooDear.code, "request_exceeds_budget");
  const hold = budgets.reserve(principal, 700);
  const inFlight = refusalOf(() => budgets.reserve(principal, 700));
  assert.equal(inFlight.code, "in_flight");
  assert.equal(inFlight.details.retryAfterMs, 1_000);
  budgets.settle(hold, 700);
  const exhausted = refusalOf(() => budgets.reserve(principal, 700));
  assert.equal(exhausted.code, "budget_exhausted");
  assert.equal(
    exhausted.message,
    'Cannot reserve budget "key:k1:day": 300 nano-USD left of 1000, 700 needed',
  );
  assert.deepEqual(exhausted.details.facts, {
    budgetType: "key_day",
    limit: 1_000,
    used: 700,
    reserved: 0,
    resetsAt: "2026-11-21T00:00:00.000Z",
  });
});

test("MON-6 two limits are reserved together or not at all", () => {
  const { budgets } = setUp(1_000);
  const both: BudgetLimit[] = [
    { scope: "key", window: "day", limitNanoUsd: 500 },
    { scope: "key", window: "month", limitNanoUsd: 1_000 },
  ];
  budgets.configure(() => both);
  budgets.settle(budgets.reserve(principal, 400), 400);
  assert.equal(refusalOf(() => budgets.reserve(principal, 200)).code, "budget_exhausted");
  assert.deepEqual(
    budgets.books().map((book) => [book.name, book.settled, book.reserved]),
    [
      ["key:k1:day", 400, 0],
      ["key:k1:month", 400, 0],
    ],
  );
});

test("a new day starts with a full budget, and holds of the old day settle in it", () => {
  const { clock, budgets, store } = setUp(1_000);
  const hold = budgets.reserve(principal, 1_000);
  clock.stepWall(120_000);
  assert.equal(budgets.freeNanoUsd(principal), 1_000);
  budgets.settle(hold, 900);
  assert.equal(budgets.freeNanoUsd(principal), 1_000);
  assert.equal(store.spent[0]?.windowStartMs, Date.UTC(2026, 10, 20));
});

test("a wall clock that steps back does not refill a budget", () => {
  const { clock, budgets } = setUp(1_000);
  clock.stepWall(120_000);
  budgets.settle(budgets.reserve(principal, 1_000), 1_000);
  clock.stepWall(-86_400_000);
  assert.equal(budgets.freeNanoUsd(principal), 0);
});

test("books survive a new configuration and a restart", () => {
  const { budgets, store } = setUp(1_000);
  const hold = budgets.reserve(principal, 300);
  budgets.settle(budgets.reserve(principal, 200), 200);
  const raised: BudgetLimit[] = [{ scope: "key", window: "day", limitNanoUsd: 2_000 }];
  budgets.configure(() => raised);
  assert.equal(budgets.freeNanoUsd(principal), 1_500);
  budgets.settle(hold, 0);
  assert.equal(budgets.freeNanoUsd(principal), 1_800);
  assert.equal(setUp(1_000, store).budgets.freeNanoUsd(principal), 800);
});

test("MON-8 settled + reserved never passes the limit, and no refusal is without cause", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("reserve" as const), amount: fc.nat(400) }),
    fc.record({ do: fc.constant("settle" as const), pick: fc.nat(), cost: fc.nat(600) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const { budgets } = setUp(1_000);
      const open: Hold[] = [];
      for (const each of steps) {
        if (each.do === "reserve") {
          const free = budgets.freeNanoUsd(principal);
          try {
            open.push(budgets.reserve(principal, each.amount));
            assert.ok(each.amount <= free);
          } catch (error) {
            assert.ok(error instanceof Failure && each.amount > free);
          }
        } else if (open.length > 0) {
          const [hold] = open.splice(each.pick % open.length, 1);
          if (hold !== undefined) budgets.settle(hold, each.cost);
        }
        for (const book of budgets.books()) {
          assert.ok(book.settled + book.reserved <= book.limitNanoUsd);
        }
      }
      for (const hold of open) budgets.settle(hold, 0);
      for (const book of budgets.books()) assert.equal(book.reserved, 0);
    }),
  );
});
