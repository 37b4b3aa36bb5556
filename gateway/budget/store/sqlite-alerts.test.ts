import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { BudgetAlert, BudgetEvent } from "../../budget-alert.ts";
import { AlertBook } from "../alert-book.ts";
import type { AlertQuery } from "../budget-store.ts";
import { budgetMigrations } from "./migrations.sql.ts";
import { readAlerts } from "./read-alerts.ts";
import { renameAccount } from "./rename-account.ts";
import { SqliteBudgetStore } from "./sqlite.ts";

const alert = (more: Partial<BudgetAlert> = {}): BudgetAlert => ({
  tenant: "acme",
  scope: "key",
  account: "key:k1:day",
  window: "day",
  windowStartMs: 0,
  measure: "nanoUsd",
  passed: 0.5,
  limit: 100,
  used: 50,
  code: null,
  ...more,
});

const all: AlertQuery = {
  tenant: null,
  scope: null,
  sinceMs: 0,
  untilMs: null,
  after: null,
  limit: 100,
};

const full = { code: "storage_unavailable", message: "disk full" } as const;

class WatchedStore extends SqliteBudgetStore {
  readonly asked: Write[] = [];

  override told(event: BudgetEvent): Write {
    const write = super.told(event);
    this.asked.push(write);
    return write;
  }
}

/** A file, and processes that tell of its budgets. */
function setUp() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, budgetMigrations, clock);
  const reader = disk.openReader();
  const store = new WatchedStore(reader);
  const process = (seed: number, waitingLimit?: number) => {
    const writer = new MemoryWriter({ disk, clock, onLoss: (failure) => assert.fail(failure) });
    const told: BudgetEvent[] = [];
    const lost = { count: 0 };
    const book = new AlertBook({
      clock,
      ids: new IdSource(clock, new SeededRandom(seed)),
      writer,
      store,
      told: (event) => told.push(event),
      lost: () => void (lost.count += 1),
      ...(waitingLimit === undefined ? {} : { waitingLimit }),
    });
    const tell = async (...alerts: readonly BudgetAlert[]): Promise<void> => {
      for (const each of alerts) book.tell(each);
      await clock.elapse(2);
    };
    const tellWaiting = async (): Promise<void> => {
      const done = book.tellWaiting();
      await clock.elapse(50);
      await done;
    };
    return { book, writer, told, lost, tell, tellWaiting };
  };
  const list = (query: Partial<AlertQuery> = {}) => readAlerts(reader, { ...all, ...query });
  return { clock, disk, reader, store, process, list };
}

test("MON-12 what was told is an event, told once by all processes together", async () => {
  const { process, list, clock } = setUp();
  const [one, other] = [process(1), process(2)];
  await clock.elapse(5_000);
  await Promise.all([one.tell(alert()), other.tell(alert({ used: 60 }))]);
  await other.tell(alert({ passed: 1, used: 98, code: "budget_exhausted" }));
  await one.tell(alert({ passed: null, code: "budget_exhausted" }));
  await other.tell(alert({ passed: null, used: 51, code: "budget_exhausted" }));
  assert.deepEqual(
    list().map(({ place: _place, ...event }) => event),
    [...one.told, ...other.told].toSorted((a, b) => (a.id < b.id ? 1 : -1)),
  );
  assert.deepEqual([one.told.length, other.told.length], [2, 1]);
});

test("MON-12 measures, limits, windows and codes each tell for themselves", async () => {
  const { process, list } = setUp();
  const { tell } = process(1);
  await tell(
    alert(),
    alert({ measure: "inputTokens" }),
    alert({ limit: 200 }),
    alert({ windowStartMs: 86_400_000 }),
    alert({ passed: null, code: "budget_exhausted" }),
    alert({ passed: null, code: "request_exceeds_budget" }),
    alert(),
  );
  assert.equal(list().length, 6);
});

test("MON-12 an alert that a full disk refuses is told when there is room, once", async () => {
  const { process, list, clock } = setUp();
  const [one, other] = [process(1), process(2)];
  one.writer.failWith(full);
  const atMs = clock.wallMs();
  await one.tell(alert(), alert({ passed: 0.8 }));
  assert.deepEqual([one.book.waiting, one.told], [2, []]);
  await one.tellWaiting();
  assert.deepEqual([one.book.waiting, one.told], [2, []]);
  // Another process had room before.
  await other.tell(alert());
  await clock.elapse(60_000);
  one.writer.failWith(null);
  const already = one.book.tellWaiting();
  await one.tellWaiting();
  await already;
  assert.equal(one.book.waiting, 0);
  assert.deepEqual(
    one.told.map((event) => [event.passed, event.atMs]),
    [[0.8, atMs]],
  );
  assert.deepEqual(
    list().map(({ passed }) => passed),
    [0.5, 0.8],
    "by the instant of the alert, and within one by that of the file",
  );
});

test("MON-12 a commit of which nothing was heard is told, where it came to the file", async () => {
  const { process, store, list } = setUp();
  const { book, told, tellWaiting, writer, tell } = process(1);
  writer.failWith(full);
  await tell(alert());
  const [write] = store.asked;
  assert.ok(write !== undefined);
  writer.failWith(null);
  const committed = writer.commit([write], "process");
  await tellWaiting();
  await committed;
  assert.deepEqual([told.length, book.waiting, list().length], [1, 0, 1]);
  assert.equal(told[0]?.id, list()[0]?.id);
});

test("MON-12 so many wait as may, and what is more is said to be lost", async () => {
  const { process } = setUp();
  const { book, tell, writer, lost, tellWaiting, told } = process(1, 3);
  writer.failWith(full);
  const shares = [0.1, 0.2, 0.3, 0.4, 0.5];
  await tell(...shares.map((passed) => alert({ passed })));
  assert.deepEqual([book.waiting, lost.count], [3, 2]);
  writer.failWith(null);
  await tellWaiting();
  assert.equal(told.length, 3);
});

test("MON-12 the list is filtered, newest first, a page at a time", async () => {
  const { process, list, clock } = setUp();
  const { tell } = process(1);
  const stepMs = 1_000;
  for (const n of [1, 2, 3, 4]) {
    await clock.elapse(stepMs);
    const tenant = n % 2 === 0 ? "acme" : "other";
    const scope = n > 2 ? "user" : "tenant";
    await tell(alert({ tenant, scope, account: `a${n}` }));
  }
  const names = (query: Partial<AlertQuery>) => list(query).map(({ account }) => account);
  assert.deepEqual(names({}), ["a4", "a3", "a2", "a1"]);
  assert.deepEqual(names({ tenant: "acme" }), ["a4", "a2"]);
  assert.deepEqual(names({ scope: "tenant" }), ["a2", "a1"]);
  assert.deepEqual(names({ tenant: "acme", scope: "user" }), ["a4"]);
  assert.deepEqual(names({ tenant: "nobody" }), []);
  const third = list()[1];
  assert.ok(third !== undefined);
  assert.deepEqual(names({ sinceMs: third.atMs }), ["a4", "a3"]);
  assert.deepEqual(names({ untilMs: third.atMs }), ["a2", "a1"]);
  const page = list({ limit: 2 });
  assert.deepEqual(names({ limit: 2, after: page.at(-1)?.place ?? 0 }), ["a2", "a1"]);
  assert.deepEqual(
    names({ tenant: "acme", after: third.place }),
    [],
    "SEC-8 no place of another's",
  );
});

test("MON-12 each list is read from an index, however many users there are", () => {
  const { disk } = setUp();
  const plans: string[] = [];
  const reader: Reader = {
    all(sql, params = []) {
      const plan = disk.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params);
      plans.push(plan.map(({ detail }) => String(detail)).join("; "));
      return [];
    },
    get: () => undefined,
    close: () => {},
  };
  for (const tenant of [null, "acme"]) {
    for (const scope of [null, "user"] as const) {
      for (const after of [null, 7]) readAlerts(reader, { ...all, tenant, scope, after });
    }
  }
  assert.equal(plans.length, 8);
  for (const plan of plans) {
    assert.match(plan, /^SEARCH budget_alerts USING INDEX/, plan);
    assert.doesNotMatch(plan, /TEMP B-TREE/, plan);
  }
  // It has no rows of before there were events.
  for (const plan of plans.slice(0, 2)) assert.match(plan, /INDEX budget_events_by_time/, plan);
});

test("SEC-16 a name that is erased is in no alert, and what is old is gone", async () => {
  const { process, list, store, clock } = setUp();
  const { tell, writer } = process(1);
  await tell(alert({ scope: "user", account: "user:acme/anna:day" }), alert());
  const write = async (writes: Parameters<typeof writer.commit>[0]): Promise<void> => {
    const done = writer.commit(writes, "process");
    await clock.elapse(5);
    await done;
  };
  await write(renameAccount("user:acme/anna:day", "user:acme/erased_1:day"));
  const names = () => list().map(({ account }) => account);
  assert.deepEqual(names(), ["key:k1:day", "user:acme/erased_1:day"]);
  await write(store.forget(clock.wallMs() + 1));
  assert.deepEqual(names(), []);
});

test("MON-12 what an older version has told is not told again, and is no event", async () => {
  const { disk, clock } = { clock: new VirtualClock(), disk: new MemoryDisk(new VirtualClock()) };
  migrate(
    disk.database,
    budgetMigrations.filter(({ number }) => number < 212),
    clock,
  );
  disk.database.exec(`INSERT INTO budget_told VALUES
    ('key:k1:day', 0, 'nanoUsd', 0.95, 100, 1), ('key:k1:day', 0, 'nanoUsd', 1.0, 100, 1),
    ('key:k1:day', 0, 'nanoUsd', 0.333, 100, 1)`);
  migrate(disk.database, budgetMigrations, clock);
  const store = new SqliteBudgetStore(disk.openReader());
  const event = (passed: number): BudgetEvent => ({ ...alert({ passed }), id: "x", atMs: 2 });
  for (const passed of [0.95, 1, 0.333]) {
    const { sql, params } = store.told(event(passed));
    assert.throws(() => disk.database.prepare(sql).run(...params), /UNIQUE/, String(passed));
  }
  assert.deepEqual(readAlerts(disk.openReader(), all), []);
});
