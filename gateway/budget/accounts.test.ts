import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Accounts } from "./accounts.ts";
import type { BudgetLimit, Spender } from "./budget-limit.ts";
import { BudgetStoreFake } from "./budget-store-fixture.ts";
import { principal } from "./budgets-fixture.ts";

const most = { nanoUsd: 100, inputTokens: null, outputTokens: null };
const limits: readonly BudgetLimit[] = [
  { scope: "key", window: "day", most, alerts: [] },
  { scope: "user", window: "day", most, alerts: [] },
];

const user = (name: string): Spender => ({ principal, attribution: { user: name, session: null } });

const names = (accounts: Accounts): string[] => accounts.all().map(({ account }) => account);

function setUp() {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20));
  const store = new BudgetStoreFake();
  return { clock, store, accounts: new Accounts(clock, store, { remembered: 2 }) };
}

test("of too many users those are forgotten that were not used for longest", async () => {
  const { accounts } = setUp();
  for (const name of ["a", "b", "c", "a"]) accounts.of(user(name), limits);
  await accounts.trim(() => Promise.resolve());
  assert.deepEqual(names(accounts), ["key:k1:day", "user:acme/a:day", "user:acme/c:day"]);
});

test("MON-6 tokens of one issuer share its key, and spend from the team that each names", () => {
  const { accounts } = setUp();
  const teams: readonly BudgetLimit[] = [{ scope: "team", window: "day", most, alerts: [] }];
  const bound = { user: "a", session: null };
  const of = (team: string): string[] => {
    const attribution = { user: "a", session: null };
    const spender = {
      principal: { ...principal, keyId: "oidc:staff:acme", team, bound },
      attribution,
    };
    return accounts.of(spender, teams).map(({ account }) => account);
  };
  assert.deepEqual(of("shop"), ["team:acme/shop:day"]);
  assert.deepEqual(of("press"), ["team:acme/press:day"]);
  assert.deepEqual(of("shop"), ["team:acme/shop:day"]);
});

test("MON-8 who is forgotten is known again by the store", async () => {
  const { accounts, store } = setUp();
  const [, account] = accounts.of(user("a"), limits);
  if (account === undefined) throw new Error("no account");
  account.settled.nanoUsd = 40;
  const { windowStartMs } = account;
  const spent = { nanoUsd: 40, inputTokens: 0, outputTokens: 0 };
  store.spend({ account: account.account, windowStartMs, spent, atMs: windowStartMs });
  for (const name of ["b", "c"]) accounts.of(user(name), limits);
  await accounts.trim(() => Promise.resolve());
  assert.equal(names(accounts).includes("user:acme/a:day"), false);
  const [, again] = accounts.of(user("a"), limits);
  assert.deepEqual({ ...again?.settled }, spent);
});

test("MON-8 nobody is forgotten who holds money, or is used meanwhile", async () => {
  const { accounts } = setUp();
  const [, held] = accounts.of(user("a"), limits);
  if (held === undefined) throw new Error("no account");
  held.reserved.nanoUsd = 1;
  for (const name of ["b", "c", "d"]) accounts.of(user(name), limits);
  await accounts.trim(async () => {
    accounts.of(user("b"), limits);
  });
  assert.equal(accounts.all().length, 5);
});

test("MON-8 nobody is forgotten whose spending is not stored", async () => {
  const { accounts } = setUp();
  for (const name of ["a", "b", "c"]) accounts.of(user(name), limits);
  const failure = new Error("the disk is full");
  await assert.rejects(
    accounts.trim(() => Promise.reject(failure)),
    failure,
  );
  assert.equal(accounts.all().length, 4);
});

test("MON-8 nobody is forgotten who settles while the store is awaited", async () => {
  const { accounts } = setUp();
  const [, held] = accounts.of(user("a"), limits);
  if (held === undefined) throw new Error("no account");
  held.reserved.nanoUsd = 90;
  for (const name of ["b", "c", "d"]) accounts.of(user(name), limits);
  await accounts.trim(async () => {
    held.reserved.nanoUsd = 0;
    held.settled.nanoUsd = 90;
  });
  assert.equal(accounts.of(user("a"), limits)[1]?.settled.nanoUsd, 90);
});

test("MON-6 whoever only looks leaves no account behind", () => {
  const { accounts, store } = setUp();
  const account = "user:acme/a:day";
  const windowStartMs = Date.UTC(2026, 10, 20);
  const spent = { nanoUsd: 7, inputTokens: 0, outputTokens: 0 };
  store.spend({ account, windowStartMs, spent, atMs: windowStartMs });
  const seen = accounts.peek(user("a"), limits).map((each) => [each.account, each.settled.nanoUsd]);
  assert.deepEqual(seen, [
    ["key:k1:day", 0],
    [account, 7],
  ]);
  assert.deepEqual(names(accounts), ["key:k1:day"]);
});
