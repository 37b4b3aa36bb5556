import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nothing, type Amounts } from "../amounts.ts";
import type { Account } from "./account.ts";
import type { BudgetLimit, Spender } from "./budget-limit.ts";
import type { Hold } from "./budgets.ts";
import {
  daily,
  money,
  principal,
  refusalOf,
  setUp,
  spender,
  unlimited,
} from "./budgets-fixture.ts";

test("MON-7 settle books the cost and frees the rest of the reservation", () => {
  const { budgets, store } = setUp(1_000);
  const hold = budgets.reserve(spender, money(600));
  assert.equal(budgets.free(spender).nanoUsd, 400);
  budgets.settle(hold, money(100));
  assert.equal(budgets.free(spender).nanoUsd, 900);
  assert.deepEqual(
    store.booked.map(({ spent }) => spent.nanoUsd),
    [100],
  );
});

test("MON-7 a cost above the reservation is booked at the reservation", () => {
  const { budgets, store } = setUp(1_000);
  budgets.settle(budgets.reserve(spender, money(600)), money(5_000));
  assert.equal(budgets.free(spender).nanoUsd, 400);
  assert.equal(store.booked[0]?.spent.nanoUsd, 600);
});

test("MON-7 a hold that is settled at 0 leaves no trace", () => {
  const { budgets, store } = setUp(1_000);
  budgets.settle(budgets.reserve(spender, money(600)), money(0));
  assert.equal(budgets.free(spender).nanoUsd, 1_000);
  assert.deepEqual(store.booked, []);
});

test("MON-7 a hold cannot be settled twice", () => {
  const { budgets } = setUp(1_000);
  const hold = budgets.reserve(spender, money(600));
  budgets.settle(hold, money(1));
  assert.throws(() => budgets.settle(hold, money(1)), /closed already/);
});

test("MON-6 every key has an account of its own", () => {
  const { budgets } = setUp(1_000);
  budgets.reserve(spender, money(1_000));
  assert.equal(
    budgets.free({ ...spender, principal: { ...principal, keyId: "k2" } }).nanoUsd,
    1_000,
  );
});

test("MON-11 a refusal has the user's name as it is, but for what ends a name", () => {
  const { budgets } = setUp(levels);
  const refused = (user: string): string =>
    refusalOf(() => budgets.reserve(of("k1", user, null), { ...asked, outputTokens: 501 })).message;
  assert.match(refused("anna@example.com"), /budget "user:acme\/anna@example\.com:day": /);
  assert.match(refused('a/b"\u001b'), /budget "user:acme\/a%2Fb%22%1B:day": /);
});

test("MON-11 refusals tell a spent budget from money in flight and a call too dear", () => {
  const { budgets } = setUp(1_000);
  const tooDear = refusalOf(() => budgets.reserve(spender, money(1_001)));
  assert.equal(tooDear.code, "request_exceeds_budget");
  const hold = budgets.reserve(spender, money(700));
  const inFlight = refusalOf(() => budgets.reserve(spender, money(700)));
  assert.equal(inFlight.code, "in_flight");
  assert.equal(inFlight.details.retryAfterMs, 1_000);
  budgets.settle(hold, money(700));
  const exhausted = refusalOf(() => budgets.reserve(spender, money(700)));
  assert.equal(exhausted.code, "budget_exhausted");
  assert.equal(
    exhausted.message,
    'Cannot reserve budget "key:k1:day": 0.0000003 USD left of 0.000001, 0.0000007 needed; ' +
      "ask for less, or wait: it is full again at 2026-11-21T00:00:00.000Z",
  );
  assert.deepEqual(exhausted.details.facts, {
    budgetType: "key_daily_cost",
    limit: 1_000,
    used: 700,
    reserved: 0,
    needed: 700,
    resetsAt: "2026-11-21T00:00:00.000Z",
  });
});

test("MON-11 the message alone says what the client can do", () => {
  const session: BudgetLimit = { ...daily(1_000), scope: "session", window: null };
  const { budgets } = setUp([session, daily(2_000)]);
  const ours = of("k1", null, "s1");
  const told = (nanoUsd: number): string =>
    refusalOf(() => budgets.reserve(ours, money(nanoUsd))).message.replace(/^.* needed; /, "");
  assert.equal(told(1_001), "no waiting helps, ask for less");
  const hold = budgets.reserve(ours, money(400));
  assert.equal(told(700), "calls under way hold the rest, ask again in a second");
  budgets.settle(hold, money(400));
  assert.equal(told(700), "ask for less");
  budgets.settle(budgets.reserve(ours, money(600)), money(600));
  assert.equal(told(1), "it is not filled again");
});

test("MON-8 what a call needs nothing of refuses nobody, however far its limit was cut", () => {
  const { budgets } = setUp([{ ...daily(1_000), most: { ...unlimited, nanoUsd: 1_000 } }]);
  budgets.settle(budgets.reserve(spender, money(700)), money(700));
  const most = { nanoUsd: 500, inputTokens: 100, outputTokens: null };
  const cut = { accounts: [{ ...daily(500), most }], request: null };
  budgets.configure(() => cut);
  const free = { ...nothing, inputTokens: 60 };
  budgets.check(spender, free);
  const hold = budgets.reserve(spender, free);
  const [book] = budgets.booksOf(spender);
  assert.deepEqual(book?.reserved, free);
  assert.equal(refusalOf(() => budgets.reserve(spender, free)).code, "in_flight");
  assert.equal(refusalOf(() => budgets.reserve(spender, money(1))).code, "budget_exhausted");
  budgets.settle(hold, free);
  assert.equal(refusalOf(() => budgets.check(spender, free)).code, "budget_exhausted");
  budgets.check(spender, nothing);
});

test("MON-6 two limits are reserved together or not at all", () => {
  const { budgets } = setUp(1_000);
  const both: BudgetLimit[] = [daily(500), { ...daily(1_000), window: "month" }];
  const next = { accounts: both, request: null };
  budgets.configure(() => next);
  budgets.settle(budgets.reserve(spender, money(400)), money(400));
  assert.equal(refusalOf(() => budgets.reserve(spender, money(200))).code, "budget_exhausted");
  assert.deepEqual(
    budgets.books().map((book) => [book.account, book.settled.nanoUsd, book.reserved.nanoUsd]),
    [
      ["key:k1:day", 400, 0],
      ["key:k1:month", 400, 0],
    ],
  );
});

test("a new day starts with a full budget, and holds of the old day settle in it", () => {
  const { clock, budgets, store } = setUp(1_000);
  const hold = budgets.reserve(spender, money(1_000));
  clock.stepWall(120_000);
  assert.equal(budgets.free(spender).nanoUsd, 1_000);
  budgets.settle(hold, money(900));
  assert.equal(budgets.free(spender).nanoUsd, 1_000);
  assert.equal(store.booked[0]?.windowStartMs, Date.UTC(2026, 10, 20));
});

test("a wall clock that steps back does not refill a budget", () => {
  const { clock, budgets } = setUp(1_000);
  clock.stepWall(120_000);
  budgets.settle(budgets.reserve(spender, money(1_000)), money(1_000));
  clock.stepWall(-86_400_000);
  assert.equal(budgets.free(spender).nanoUsd, 0);
});

test("books survive a new configuration and a restart", () => {
  const { budgets, store } = setUp(1_000);
  const hold = budgets.reserve(spender, money(300));
  budgets.settle(budgets.reserve(spender, money(200)), money(200));
  const raised = [daily(2_000)];
  const next = { accounts: raised, request: null };
  budgets.configure(() => next);
  assert.equal(budgets.free(spender).nanoUsd, 1_500);
  budgets.settle(hold, money(0));
  assert.equal(budgets.free(spender).nanoUsd, 1_800);
  assert.equal(setUp(1_000, store).budgets.free(spender).nanoUsd, 800);
});

test("MON-8 settled + reserved never passes the limit, and no refusal is without cause", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("reserve" as const), amount: fc.nat(400) }),
    fc.record({ do: fc.constant("reserve" as const), amount: fc.constant(0) }),
    fc.record({ do: fc.constant("settle" as const), pick: fc.nat(), cost: fc.nat(600) }),
    fc.record({ do: fc.constant("limit" as const), most: fc.nat(1_500) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const { budgets } = setUp(1_000);
      const open: Hold[] = [];
      // The limit, or what there was of it already when it was cut.
      let most = 1_000;
      const sumOf = ({ settled, reserved }: Pick<Account, "settled" | "reserved">): number =>
        settled.nanoUsd + reserved.nanoUsd;
      for (const each of steps) {
        if (each.do === "reserve") {
          const free = budgets.free(spender).nanoUsd;
          try {
            open.push(budgets.reserve(spender, money(each.amount)));
            assert.ok(each.amount <= free);
          } catch (error) {
            assert.ok(error instanceof Failure && each.amount > free);
          }
        } else if (each.do === "limit") {
          const next = { accounts: [daily(each.most)], request: null };
          budgets.configure(() => next);
          most = Math.max(each.most, ...budgets.books().map(sumOf));
        } else if (open.length > 0) {
          const [hold] = open.splice(each.pick % open.length, 1);
          if (hold !== undefined) budgets.settle(hold, money(each.cost));
        }
        for (const book of budgets.books()) assert.ok(sumOf(book) <= most);
      }
      for (const hold of open) budgets.settle(hold, money(0));
      for (const book of budgets.books()) assert.deepEqual(book.reserved, nothing);
    }),
  );
});

const levels: readonly BudgetLimit[] = [
  { scope: "tenant", window: "month", most: { ...unlimited, nanoUsd: 10_000 }, alerts: [] },
  { scope: "team", window: "day", most: { ...unlimited, inputTokens: 900 }, alerts: [] },
  { scope: "user", window: "day", most: { ...unlimited, outputTokens: 500 }, alerts: [] },
  { scope: "session", window: null, most: { ...unlimited, inputTokens: 300 }, alerts: [] },
];

const asked: Amounts = { nanoUsd: 100, inputTokens: 200, outputTokens: 50 };

const of = (keyId: string, user: string | null, session: string | null): Spender => ({
  principal: { ...principal, keyId, team: "shop" },
  attribution: { user, session },
});

test("MON-6 all levels are reserved at once, or none", () => {
  const { budgets } = setUp(levels);
  const reader = of("k1", "a/b", "s1");
  budgets.reserve(reader, asked);
  const books = budgets.booksOf(reader).map(({ account, reserved }) => [account, { ...reserved }]);
  assert.deepEqual(books, [
    ["tenant:acme:month", asked],
    ["team:acme/shop:day", asked],
    ["user:acme/a%2Fb:day", asked],
    ["session:acme/s1", asked],
  ]);
  const refusal = refusalOf(() => budgets.reserve(reader, asked));
  assert.equal(refusal.code, "in_flight");
  assert.deepEqual(refusal.details.facts, {
    budgetType: "session_input",
    limit: 300,
    needed: 200,
    used: 0,
    reserved: 200,
  });
  assert.deepEqual(
    budgets.booksOf(reader).map(({ reserved }) => ({ ...reserved })),
    [asked, asked, asked, asked],
  );
});

test("MON-6 levels are shared by whom they name, and by nobody else", () => {
  const { budgets } = setUp(levels);
  const used = (spender: Spender): (readonly [string, number])[] =>
    budgets.booksOf(spender).map(({ limit, settled }) => [limit.scope, settled.nanoUsd]);
  budgets.settle(budgets.reserve(of("k1", "anna", "s1"), asked), asked);
  assert.deepEqual(used(of("k2", "anna", null)), [
    ["tenant", 100],
    ["team", 100],
    ["user", 100],
  ]);
  assert.deepEqual(used(of("k1", "bert", "s1")), [
    ["tenant", 100],
    ["team", 100],
    ["user", 0],
    ["session", 100],
  ]);
});

test("MON-6 calls that name no user share one account of their key", () => {
  const { budgets } = setUp(levels);
  budgets.settle(budgets.reserve(of("k1", null, null), asked), asked);
  const outputOf = (spender: Spender): number | undefined =>
    budgets.booksOf(spender).find(({ limit }) => limit.scope === "user")?.settled.outputTokens;
  assert.equal(outputOf(of("k1", null, null)), 50);
  assert.equal(outputOf(of("k2", null, null)), 0);
  assert.equal(outputOf(of("k1", "/k1", null)), 0);
});

const refusedTypes: readonly (readonly [BudgetLimit["scope"], BudgetLimit["window"], string[]])[] =
  [
    ["user", "day", ["daily_cost", "daily_input_tokens", "daily_output_tokens"]],
    ["session", null, ["session_cost", "session_input", "session_output"]],
    [
      "tenant",
      "month",
      ["tenant_monthly_cost", "tenant_monthly_input_tokens", "tenant_monthly_output_tokens"],
    ],
  ];

for (const [scope, window, types] of refusedTypes) {
  test(`MON-11 the refusal of a ${scope}'s budget names its type`, () => {
    for (const [index, measure] of (
      ["nanoUsd", "inputTokens", "outputTokens"] as const
    ).entries()) {
      const limit = { scope, window, most: { ...unlimited, [measure]: 10 }, alerts: [] };
      const { budgets } = setUp([limit]);
      const refusal = refusalOf(() => budgets.reserve(of("k1", "u", "s"), asked));
      assert.equal(refusal.details.facts?.["budgetType"], types[index]);
      assert.equal(refusal.details.facts?.["limit"], 10);
    }
  });
}

test("MON-11 of several refusals the one is told that waiting does not end", () => {
  const spent: BudgetLimit = { ...daily(150), scope: "team" };
  const { budgets } = setUp([{ ...daily(120), window: "month" }, spent]);
  const client = of("k1", null, null);
  budgets.settle(budgets.reserve(client, money(100)), money(0));
  const hold = budgets.reserve(of("k2", null, null), money(100));
  assert.equal(refusalOf(() => budgets.reserve(client, money(60))).code, "in_flight");
  budgets.settle(hold, money(100));
  budgets.reserve(client, money(40));
  const refusal = refusalOf(() => budgets.reserve(client, money(90)));
  assert.equal(refusal.code, "budget_exhausted");
  assert.equal(refusal.details.facts?.["budgetType"], "team_daily_cost");
});
