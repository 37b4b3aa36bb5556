import assert from "node:assert/strict";
import { test } from "node:test";
import { sealedDays } from "@sekisho/gateway/ledger/ledger-days.ts";
import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { feedbackMigrations } from "@sekisho/gateway/feedback/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { memoryLedger, rowOf } from "@sekisho/gateway/ledger/memory-ledger-fixture.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { StreamOwners } from "@sekisho/gateway/responses/stream-store.ts";
import { LedgerUpkeep, type LedgerUpkeepParts } from "./ledger-upkeep.ts";

const hourMs = 3_600_000;

function setUp(keepDays: number | null) {
  const { clock, disk, reader, add } = memoryLedger();
  const migrations = [budgetMigrations, feedbackMigrations, replicaMigrations].flat();
  migrate(disk.database, [...ledgerMigrations, ...migrations], clock);
  const writer = new MemoryWriter({ disk, clock, onLoss: () => assert.fail("a write was lost") });
  const said: string[] = [];
  const kept = { days: keepDays };
  const log = {
    info: (message: string) => said.push(message),
    warn: (message: string) => said.push(message),
    error: (message: string) => said.push(message),
  } as unknown as GatewayLog; // nothing else of it is called
  const asked: StreamOwners[] = [];
  const forgotten: StreamOwners[] = [];
  const failing = { times: 0 };
  const streams = {
    erase: async (owners: StreamOwners) => {
      asked.push(owners);
      if ((failing.times -= 1) >= 0) throw new Error("another process does not answer");
      return ["a stream"];
    },
  };
  const claims = {
    forget: (callId: string) => ({ sql: "DELETE FROM calls WHERE id = ?", params: [callId] }),
  };
  const cache = { erase: async (owners: StreamOwners) => void forgotten.push(owners) };
  const keptDays = (): number | null => kept.days;
  const books = { reader, writer, streams, claims, cache };
  const parts = { ...books, clock, log, keepDays: keptDays, member: null };
  const upkeep = new LedgerUpkeep(parts);
  const again = (member: LedgerUpkeepParts["member"] = null): LedgerUpkeep =>
    new LedgerUpkeep({ ...parts, member });
  const count = (table: string): number =>
    Number(reader.get(`SELECT count(*) AS n FROM ${table}`)?.["n"]);
  /** Lets time pass, each commit with the promises that wait for it. */
  const pass = (ms: number): Promise<void> => clock.elapse(ms);
  const call = (id: string): void => add([rowOf(id, { timeMs: clock.wallMs() })]);
  return {
    clock,
    reader,
    writer,
    disk,
    said,
    kept,
    asked,
    forgotten,
    failing,
    upkeep,
    again,
    count,
    pass,
    call,
  };
}

test("MON-14 the ledger is marked each minute that it grew in, and sealed each day", async () => {
  const { upkeep, count, pass, call, reader, said } = setUp(null);
  call("a");
  await pass(hourMs);
  call("b");
  await pass(hourMs);
  assert.deepEqual([count("ledger_marks"), count("ledger_days")], [2, 0]);
  await pass(23 * hourMs);
  assert.deepEqual(
    sealedDays(reader).map(({ firstPlace, lastPlace }) => [firstPlace, lastPlace]),
    [[1, 2]],
  );
  assert.deepEqual(said, ["a day of the ledger is sealed"]);
  upkeep[Symbol.dispose]();
});

test("MON-14 calls older than `ledger.keepDays` are dropped once it is set", async () => {
  const { upkeep, count, pass, call, kept } = setUp(null);
  for (let day = 0; day < 4; day++) {
    for (let n = 0; n < 700; n++) call(`call-${day}-${n}`);
    await pass(24 * hourMs);
  }
  assert.equal(count("calls"), 2_800);
  kept.days = 2;
  await pass(hourMs);
  assert.equal(count("calls"), 1_400);
  assert.equal(count("ledger_days"), 4, "seals stay");
  upkeep[Symbol.dispose]();
  await pass(48 * hourMs);
  assert.equal(count("calls"), 1_400, "nothing happens once it is over");
});

test("MON-14 a database that refuses is tried again a minute later", async () => {
  const { upkeep, writer, said, count, pass, call } = setUp(null);
  call("a");
  writer.failWith({ code: "storage_unavailable", message: "disk full" });
  await pass(120_100);
  assert.deepEqual(said, ["the ledger was not kept up", "the ledger was not kept up"]);
  writer.failWith(null);
  await pass(60_000);
  assert.equal(count("ledger_marks"), 1);
  upkeep[Symbol.dispose]();
});

test("MON-14 a clock ahead for less than an hour seals, drops and marks nothing", async () => {
  const { clock, upkeep, reader, count, pass, call, said } = setUp(2);
  call("a");
  await pass(hourMs);
  clock.stepWall(1_000 * 24 * hourMs);
  await pass(hourMs / 2);
  call("b");
  await pass(hourMs / 3);
  assert.deepEqual([count("ledger_days"), count("ledger_marks")], [0, 1]);
  clock.stepWall(-1_000 * 24 * hourMs);
  await pass(hourMs);
  assert.deepEqual([count("calls"), count("ledger_marks")], [2, 2]);
  assert.deepEqual(said, ["the clock has leapt ahead"]);
  await pass(24 * hourMs);
  assert.deepEqual(
    sealedDays(reader).map(({ firstPlace, lastPlace }) => [firstPlace, lastPlace]),
    [[1, 2]],
    "days are sealed in their turn",
  );
  upkeep[Symbol.dispose]();
});

test("MON-14 a server that stood still for a month believes its clock after an hour", async () => {
  const { clock, upkeep, again, count, pass, call, said } = setUp(null);
  call("a");
  await pass(hourMs);
  upkeep[Symbol.dispose]();
  clock.stepWall(30 * 24 * hourMs);
  const next = again();
  await pass(hourMs / 2);
  assert.equal(count("ledger_days"), 0);
  await pass(hourMs);
  assert.equal(count("ledger_days"), 1);
  assert.deepEqual(said, ["a day of the ledger is sealed"]);
  next[Symbol.dispose]();
});

test("SEC-16 an erasure that a crash has cut off ends soon after the next start", async () => {
  const { disk, upkeep, again, count, pass, call, said, asked, forgotten, failing } = setUp(null);
  call("a");
  call("b");
  // What was answered is kept elsewhere: it is tried until it is gone.
  failing.times = 2;
  upkeep[Symbol.dispose]();
  disk.database.exec(`INSERT INTO erasures (pseudonym, tenant, user, sessions, place)
    VALUES ('erased_1', 'acme', 'anna', '["s"]', 0);
    INSERT INTO budget_spent (account, window_start_ms, spent_nano_usd)
      VALUES ('user:acme/anna:day', 1, 7), ('session:acme/s', 0, 8)`);
  const next = again();
  await pass(4_000);
  const failed = "the ledger was not kept up";
  assert.deepEqual(said, [failed, failed]);
  assert.equal(count("erasures"), 1);
  await pass(2_000);
  assert.deepEqual(said.slice(2), ["an erasure that was cut off has ended"]);
  assert.deepEqual(
    asked,
    Array.from({ length: 3 }, () => ({ tenant: "acme", user: "anna", sessions: ["s"] })),
  );
  assert.deepEqual(forgotten, [{ tenant: "acme", user: "anna", sessions: ["s"] }]);
  const users = disk.database.prepare("SELECT DISTINCT user FROM calls").all();
  const accounts = disk.database.prepare("SELECT account FROM budget_spent ORDER BY account").all();
  assert.deepEqual(
    [...users, ...accounts].map((row) => Object.values(row)[0]),
    ["erased_1", "session:acme/erased_1.1", "user:acme/erased_1:day"],
  );
  assert.equal(count("erasures"), 0);
  next[Symbol.dispose]();
});

test("OPS-9 of several processes one keeps the ledger up, another takes over soon", async () => {
  const { disk, upkeep, again, count, pass, call, said } = setUp(null);
  upkeep[Symbol.dispose]();
  call("a");
  const erasure = (owner: string, pseudonym: string): void =>
    disk.database.exec(`INSERT INTO erasures (pseudonym, tenant, user, sessions, place, owner)
      VALUES ('${pseudonym}', 'acme', 'anna', '[]', 0, '${owner}')`);
  disk.database.exec(`INSERT INTO replicas (id, beat, is_ended) VALUES
    ('prc_dead', 1, 1), ('prc_other', 1, 0), ('prc_mine', 1, 0)`);
  const member = { id: "prc_mine", leads: false };
  erasure("prc_dead", "erased_1");
  const mine = again(member);
  await pass(hourMs);
  assert.deepEqual([said, count("erasures"), count("ledger_marks")], [[], 1, 0]);
  // Of one that lives: it ends it itself, until it dies.
  erasure("prc_other", "erased_2");
  member.leads = true;
  await pass(3_000);
  assert.deepEqual([said.length, count("erasures"), count("ledger_marks")], [1, 1, 1]);
  disk.database.exec("UPDATE replicas SET is_ended = 1 WHERE id = 'prc_other'");
  await pass(60_000);
  assert.deepEqual([said.length, count("erasures")], [2, 0]);
  mine[Symbol.dispose]();
});
