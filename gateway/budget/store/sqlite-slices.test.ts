import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { nothing } from "../../amounts.ts";
import type { BudgetLimit } from "../budget-limit.ts";
import { Budgets, type Hold } from "../budgets.ts";
import { money, spender } from "../budgets-fixture.ts";
import { Slices } from "../slices.ts";
import { budgetMigrations } from "./migrations.sql.ts";
import { SqliteSliceStore } from "./sqlite-slices.ts";
import { SqliteBudgetStore } from "./sqlite.ts";

/** Two processes on one file, with one budget of a key for both. */
function setUp(nanoUsd: number | null) {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, budgetMigrations, clock);
  const most = { nanoUsd, inputTokens: null, outputTokens: null };
  const limits: readonly BudgetLimit[] = [{ scope: "key", window: "day", most, alerts: [] }];
  let keyLimits = { accounts: limits, request: null };
  const reader = disk.openReader();
  const process = (owner: string) => {
    const writer = new MemoryWriter({ disk, clock, onLoss: (failure) => assert.fail(failure) });
    const slices = new Slices({
      clock,
      store: new SqliteSliceStore(reader),
      writer,
      owner: () => owner,
      processes: () => 2,
      isMember: () => true,
    });
    const store = new SqliteBudgetStore(reader);
    const budgets = new Budgets(clock, store, () => keyLimits, undefined, slices);
    /** As a call does: what is lacking is committed with its intent. */
    const commit = async (hold: Hold): Promise<void> => {
      const done = writer.commit(budgets.asked(hold), "process");
      // It may reject before anybody waits for it.
      done.catch(() => {});
      await clock.elapse(2);
      await done;
    };
    const hold = async (amount: number): Promise<Hold> => {
      const made = budgets.reserve(spender, money(amount));
      await commit(made);
      budgets.granted(made);
      return made;
    };
    const settle = (made: Hold, amount: number) =>
      writer.enqueue(budgets.settle(made, money(amount)));
    return { budgets, writer, commit, hold, settle };
  };
  const held = (owner: string): number =>
    Number(
      reader.get(
        `SELECT sum(granted_nano_usd - used_nano_usd) AS sum FROM budget_slices WHERE owner = ?`,
        [owner],
      )?.["sum"] ?? 0,
    );
  /** As an administrator does it: every process knows it at once. */
  const limit = (nanoUsd: number | null): void => {
    const accounts = limits.map((each) => ({ ...each, most: { ...each.most, nanoUsd } }));
    keyLimits = { accounts, request: null };
  };
  return { clock, a: process("a"), b: process("b"), held, reader, limit };
}

const refusalOf = (run: () => unknown): Failure => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return assert.fail("it was granted");
};

const codeOf = (run: () => unknown): string => refusalOf(run).code;

test("MON-9 a call of a tight account asks for what it needs, and no more", async () => {
  const { a, b, held } = setUp(1_000);
  await a.hold(300);
  assert.equal(held("a"), 300);
  await b.hold(700);
  assert.equal(held("b"), 700);
  assert.equal(
    codeOf(() => a.budgets.reserve(spender, money(1))),
    "in_flight",
  );
});

test("MON-8 of two calls for the rest one is granted, the other refused by the store", async () => {
  const { a, b } = setUp(1_000);
  const [one, other] = [
    a.budgets.reserve(spender, money(600)),
    b.budgets.reserve(spender, money(600)),
  ];
  await a.commit(one);
  a.budgets.granted(one);
  await assert.rejects(b.commit(other), isConflict);
  assert.equal(
    codeOf(() => b.budgets.askAgain(other)),
    "in_flight",
  );
  assert.equal(other.open, false);
});

test("MON-11 a refusal adds up: what is spent, what all hold and what is left", async () => {
  const { clock, a, b, limit } = setUp(1_000);
  const told = (run: () => unknown) => {
    const refusal = refusalOf(run);
    const { used, reserved } = refusal.details.facts ?? {};
    const left = / ([\d.]+) USD left of /.exec(refusal.message)?.[1];
    return [refusal.code, used, reserved, Math.round(Number(left) * 1e9)];
  };
  const reserving = ({ budgets }: typeof a, amount: number) =>
    told(() => budgets.reserve(spender, money(amount)));
  await a.hold(300);
  b.settle(await b.hold(400), 200);
  // Not in the store yet: the other one has it as reserved.
  assert.deepEqual(reserving(a, 600), ["in_flight", 0, 700, 300]);
  await clock.elapse(22);
  // In the store, but what the call has left is not given back yet.
  assert.deepEqual(reserving(a, 600), ["in_flight", 200, 500, 300]);
  assert.deepEqual(reserving(b, 600), ["in_flight", 200, 300, 500]);
  await clock.elapse(50);
  assert.deepEqual(reserving(a, 900), ["budget_exhausted", 200, 300, 500]);
  const late = [a, b].map(({ budgets }) => budgets.reserve(spender, money(400)));
  const [one, other] = late;
  assert.ok(one !== undefined && other !== undefined);
  await a.commit(one);
  a.budgets.granted(one);
  await assert.rejects(b.commit(other), isConflict);
  assert.deepEqual(
    told(() => b.budgets.askAgain(other)),
    ["in_flight", 200, 700, 100],
  );
  limit(800);
  assert.deepEqual(reserving(b, 500), ["in_flight", 200, 700, 0]);
});

test("MON-11 what another process has taken ahead counts as reserved in a refusal", async () => {
  const { a, b, held } = setUp(1_000_000);
  await a.hold(100);
  const { code, details } = refusalOf(() => b.budgets.reserve(spender, money(950_000)));
  assert.deepEqual([code, details.facts?.["reserved"]], ["in_flight", held("a")]);
  assert.equal(held("a"), 62_600);
});

test("MON-9 what a call leaves is another process's 25 ms after its end", async () => {
  const { clock, a, b, held } = setUp(1_000);
  const hold = await a.hold(1_000);
  a.settle(hold, 400);
  assert.equal(
    codeOf(() => b.budgets.reserve(spender, money(600))),
    "in_flight",
  );
  await clock.elapse(50);
  assert.equal(held("a"), 0);
  await b.hold(600);
  assert.equal(
    codeOf(() => a.budgets.reserve(spender, money(1))),
    "in_flight",
  );
});

test("MON-9 while 100 of the largest calls are free, one asks for many", async () => {
  const { a, held } = setUp(1_000_000);
  const first = await a.hold(100);
  // The call's own, and a sixteenth of what is free: an eighth of the share of each process.
  assert.equal(held("a"), 100 + 62_500);
  const next = a.budgets.reserve(spender, money(100));
  assert.deepEqual(next.asks, []);
  a.settle(first, 50);
  a.settle(next, 50);
});

test("MON-9 of what is not limited a slice lasts for 65,536 of the largest calls", async () => {
  const { a, b, reader } = setUp(null);
  const amounts = { ...nothing, nanoUsd: 10, outputTokens: 7 };
  const first = a.budgets.reserve(spender, amounts);
  await a.commit(first);
  a.budgets.granted(first);
  const granted = () =>
    reader.get(
      "SELECT granted_nano_usd AS money, granted_output_tokens AS tokens FROM budget_slices",
    );
  assert.deepEqual({ ...granted() }, { money: 10 * 65_537, tokens: 7 * 65_537 });
  for (let call = 0; call < 65_536; call += 1) {
    assert.equal(a.budgets.reserve(spender, amounts).asks.length, 0);
  }
  assert.equal(a.budgets.reserve(spender, amounts).asks.length, 1);
  const dearest = b.budgets.reserve(spender, money(2 ** 45));
  assert.equal(dearest.asks[0]?.ahead.nanoUsd, 2 ** 46);
});

test("MON-8 what was taken of a budget without a limit is not spent under one", async () => {
  const { clock, a, b, held, limit } = setUp(null);
  // Neither sees the other's slice: both have looked before.
  const one = a.budgets.reserve(spender, money(10));
  const other = b.budgets.reserve(spender, money(10));
  await a.commit(one);
  await b.commit(other);
  a.budgets.granted(one);
  b.budgets.granted(other);
  limit(1_000);
  for (const { budgets } of [a, b]) {
    assert.equal(
      codeOf(() => budgets.reserve(spender, money(600))),
      "in_flight",
    );
  }
  await clock.elapse(50);
  assert.equal(held("a") + held("b"), 20, "what no call holds is free");
  await a.hold(600);
  assert.equal(
    codeOf(() => b.budgets.reserve(spender, money(600))),
    "in_flight",
  );
});

test("MON-8 a call that needs nothing of a limit that was cut is granted the rest", async () => {
  const { clock, a, b, held, limit } = setUp(1_000_000);
  a.settle(await a.hold(800), 700);
  // One has taken ahead, the other has heard of the account only in the store.
  assert.ok(held("a") > 0);
  limit(500);
  const free = { ...nothing, inputTokens: 40, outputTokens: 30 };
  for (const each of [a, b, a, b]) {
    each.budgets.check(spender, free);
    const hold = each.budgets.reserve(spender, free);
    await each.commit(hold);
    each.budgets.granted(hold);
    assert.equal(
      codeOf(() => each.budgets.reserve(spender, money(1))),
      "budget_exhausted",
    );
    await clock.elapse(50);
  }
  const [book] = b.budgets.booksOf(spender);
  assert.deepEqual(book?.reserved, { nanoUsd: 0, inputTokens: 160, outputTokens: 120 });
});

test("MON-9 slices shrink with what is left, and end with the last 100 calls", async () => {
  const { clock, a, held } = setUp(1_000_000);
  const sizes: number[] = [];
  for (let spent = 0; spent < 990_000; spent += 5_000) {
    const hold = await a.hold(5_000);
    a.settle(hold, 5_000);
    await clock.elapse(60);
    sizes.push(held("a"));
  }
  assert.ok(Math.max(...sizes.slice(0, 40)) > 30_000);
  // Below 500,000 each call is alone.
  assert.deepEqual([...new Set(sizes.slice(110))], [0]);
});

test("MON-9 a slice that nobody uses for 5 s is given back, and forgotten", async () => {
  const { clock, a, held, reader } = setUp(1_000_000);
  a.settle(await a.hold(100), 40);
  await clock.elapse(2_000);
  assert.equal(held("a"), 62_560);
  await clock.elapse(6_000);
  assert.equal(held("a"), 0);
  assert.deepEqual(reader.all("SELECT * FROM budget_slices"), []);
  a.settle(await a.hold(100), 40);
  await clock.elapse(50);
  const [book] = a.budgets.booksOf(spender);
  assert.deepEqual([book?.settled.nanoUsd, book?.reserved.nanoUsd], [80, 0]);
});

test("MON-6 everybody sees what all have spent and what all calls hold", async () => {
  const { clock, a, b } = setUp(1_000_000);
  await a.hold(300);
  b.settle(await b.hold(500), 200);
  await clock.elapse(1_100);
  for (const { budgets } of [a, b]) {
    const [book] = budgets.booksOf(spender);
    assert.deepEqual([book?.settled.nanoUsd, book?.reserved.nanoUsd], [200, 300]);
  }
});

test("MON-6 what is taken ahead of calls is not held by one, from its grant on", async () => {
  const { a, b, held } = setUp(1_000_000);
  const reserved = () => b.budgets.booksOf(spender)[0]?.reserved.nanoUsd;
  await a.hold(300);
  assert.equal(held("a"), 62_800);
  assert.equal(reserved(), 300);
  for (let call = 0; call < 13; call += 1) await a.hold(5_000);
  assert.ok(held("a") > 100_000, "another slice was taken");
  assert.equal(reserved(), 65_300);
});

test("MON-9 a store that is away grants nothing, and keeps no ask", async () => {
  const { clock, a, held } = setUp(1_000);
  a.writer.failWith({ code: "storage_unavailable", message: "disk full" });
  const hold = a.budgets.reserve(spender, money(800));
  await assert.rejects(a.commit(hold));
  assert.deepEqual(a.budgets.settle(hold, nothing), []);
  a.writer.failWith(null);
  await clock.elapse(100);
  assert.equal(held("a"), 0);
  await a.hold(1_000);
});
