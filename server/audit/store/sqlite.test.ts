import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { AuditEntry } from "../audit-entry.ts";
import { AuditLog } from "../audit-log.ts";
import type { AuditRow } from "../audit-store.ts";
import { auditMigrations } from "./migrations.sql.ts";
import { sqliteAuditStore } from "./sqlite.ts";

const entry = (object: string, over: Partial<AuditEntry> = {}): AuditEntry => ({
  event: "admin.config.set",
  object,
  by: "key_1",
  requestId: `req_${object}`,
  ...over,
});

function setUp() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, auditMigrations, clock);
  const writer = new MemoryWriter({ disk, clock, onLoss: () => assert.fail("a write was lost") });
  const reader = disk.openReader();
  const store = sqliteAuditStore(reader, () => Promise.resolve());
  const told: (AuditRow | undefined)[] = [];
  const log = new AuditLog({ store, writer, clock, tell: (_entry, row) => void told.push(row) });
  const settle = async <T>(run: Promise<T>): Promise<T> => {
    clock.advanceBy(10);
    return await run;
  };
  const record = (each: AuditEntry): Promise<void> => settle(log.record(each));
  const recordAll = async (...names: string[]): Promise<void> => {
    for (const name of names) await record(entry(name));
  };
  /** As somebody does who has the file and SQLite at hand. */
  const tamper = (sql: string): void => disk.database.exec(sql);
  const list = (over: object = {}) => {
    const all = {
      event: null,
      object: null,
      by: null,
      sinceMs: 0,
      untilMs: null,
      after: null,
      limit: 100,
    };
    return store.list({ ...all, ...over }).map(({ object }) => object);
  };
  return { clock, disk, writer, store, log, told, settle, record, recordAll, tamper, list };
}

type Scene = ReturnType<typeof setUp>;

const columns = "writer, seq, at_ms, event, object, by, request_id, previous, hash";
const copyTo = (seq: number, from: number): string =>
  `INSERT INTO audit (${columns}) SELECT ${columns.replace("seq", String(seq))}
     FROM audit WHERE seq = ${from}`;

const makeRoom = "UPDATE audit SET seq = seq + 100 WHERE seq > 2";
const closeUp = (by: number): string => `UPDATE audit SET seq = seq - ${by} WHERE seq > 100`;

const tamperings: readonly (readonly [what: string, sql: string, kind: string, seq: number])[] = [
  ["an object", "UPDATE audit SET object = 'x' WHERE seq = 3", "changed", 3],
  ["a time", "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1", "changed", 1],
  ["who did it", "UPDATE audit SET by = 'key_2' WHERE seq = 5", "changed", 5],
  ["a hash", "UPDATE audit SET hash = zeroblob(32) WHERE seq = 2", "changed", 2],
  ["what is no hash", "UPDATE audit SET hash = x'00' WHERE seq = 2", "changed", 2],
  ["no hash", "UPDATE audit SET hash = x'' WHERE seq = 2", "changed", 2],
  ["no last hash", "UPDATE audit SET hash = x'' WHERE seq = 5", "changed", 5],
  [
    "a hash of many rows",
    `UPDATE audit SET hash = CAST(x'01' || zeroblob(32) AS BLOB) WHERE seq = 3`,
    "changed",
    3,
  ],
  ["a row before the first", copyTo(0, 2), "added", 0],
  ["the first row taken out", "DELETE FROM audit WHERE seq = 1", "missing", 1],
  ["a row taken out", "DELETE FROM audit WHERE seq = 3", "missing", 3],
  ["the last rows cut off", "DELETE FROM audit WHERE seq > 3", "missing", 4],
  ["all rows", "DELETE FROM audit", "missing", 1],
  [
    "a row taken out and the gap closed",
    `DELETE FROM audit WHERE seq = 2; ${makeRoom}; ${closeUp(101)}`,
    "missing",
    2,
  ],
  [
    "two rows exchanged",
    `UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
     UPDATE audit SET seq = 3 WHERE seq = 99`,
    "reordered",
    2,
  ],
  ["a copy at the end", copyTo(6, 2), "doubled", 6],
  ["a copy in between", `${makeRoom}; ${closeUp(99)}; ${copyTo(3, 2)}`, "doubled", 3],
  [
    "a row of its own at the end",
    `INSERT INTO audit (${columns}) SELECT writer, 6, 0, 'e', 'o', 'b', 'r', hash,
       chain_hash(hash, writer, 0, 'e', 'o', 'b', 'r') FROM audit WHERE seq = 5`,
    "added",
    6,
  ],
  [
    "a row in another writer's name",
    "UPDATE audit SET writer = 'other' WHERE seq = 5",
    "missing",
    5,
  ],
];

for (const [what, sql, kind, seq] of tamperings) {
  test(`SEC-11 the walk names the first row that does not fit: ${what}`, async () => {
    const { recordAll, tamper, store } = setUp();
    await recordAll("a", "b", "c", "d", "e");
    tamper(sql);
    const findings = await store.verify();
    const main = findings.find(({ chain }) => chain === "main");
    assert.deepEqual(main?.fault, { kind, seq });
    assert.equal(main?.rows, Math.max(0, seq - 1), "what stands before it is good");
  });
}

test("SEC-11 a chain that nobody touched is good, also with a page more than one", async () => {
  const { record, store, told } = setUp();
  assert.deepEqual(await store.verify(), []);
  for (let n = 0; n < 503; n++) await record(entry(`object ${n}`));
  const [main] = await store.verify();
  assert.deepEqual([main?.rows, main?.fault], [503, null]);
  const last = told.at(-1);
  assert.equal(Buffer.from(last?.hash ?? []).toString("hex"), main?.hash);
});

const details = { before: "20", after: "50" };

test("SEC-11 old and new value stand in the row and in its hash", async () => {
  const { record, store, tamper } = setUp();
  await record(entry("a"));
  await record(entry("b", { details }));
  await record(entry("c", { details: { before: null, after: "漫…" } }));
  const all = {
    event: null,
    object: null,
    by: null,
    sinceMs: 0,
    untilMs: null,
    after: null,
    limit: 9,
  };
  const kept = (): unknown[] => store.list(all).map((row) => row.details);
  assert.deepEqual(kept(), [{ before: null, after: "漫…" }, details, null]);
  assert.equal((await store.verify())[0]?.fault, null);
  for (const forged of [`'["20","20"]'`, "NULL", "'not JSON'"]) {
    tamper('UPDATE audit SET details = \'["20","50"]\' WHERE seq = 2');
    assert.equal((await store.verify())[0]?.fault, null);
    tamper(`UPDATE audit SET details = ${forged} WHERE seq = 2`);
    assert.deepEqual((await store.verify())[0]?.fault, { kind: "changed", seq: 2 });
  }
  assert.deepEqual(kept()[1], null, "what is none is not shown");
  tamper("UPDATE audit SET details = '[null,null]' WHERE seq = 1");
  assert.deepEqual((await store.verify())[0]?.fault, { kind: "changed", seq: 1 });
});

test("SEC-11 rows from before there were details verify, and those behind them", async () => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, auditMigrations.slice(0, 1), clock);
  const insert = `INSERT INTO audit_additions (writer, at_ms, event, object, by, request_id)
    VALUES ('main', 1, 'admin.config.set', 'old', 'key_1', 'req_old')`;
  disk.database.exec(insert);
  migrate(disk.database, auditMigrations, clock);
  disk.database.exec(insert.replaceAll("old", "older program"));
  const writer = new MemoryWriter({ disk, clock, onLoss: () => assert.fail("a write was lost") });
  const store = sqliteAuditStore(disk.openReader(), () => Promise.resolve());
  const log = new AuditLog({ store, writer, clock, tell: () => {} });
  const recorded = log.record(entry("new", { details }));
  clock.advanceBy(10);
  await recorded;
  const [main] = await store.verify();
  assert.deepEqual([main?.rows, main?.fault], [3, null]);
});

test("SEC-11 changes made at once have one chain, in the order of their transaction", async () => {
  const { log, settle, store, list } = setUp();
  const names = ["a", "b", "c", "d"];
  await settle(Promise.all(names.map((name) => log.record(entry(name)))));
  assert.deepEqual(list(), ["d", "c", "b", "a"]);
  assert.equal((await store.verify())[0]?.fault, null);
});

test("SEC-11 a change and its row are durable together or not at all", async () => {
  const { log, writer, settle, list, store } = setUp();
  const bad = { sql: "INSERT INTO audit_heads VALUES (NULL, 1, 2)", params: [] };
  const commit = settle(writer.commit([log.row(entry("a")), bad], "power"));
  await assert.rejects(commit, { code: "storage_conflict" });
  assert.deepEqual(list(), []);
  await settle(log.record(entry("b")));
  assert.deepEqual([list(), (await store.verify())[0]?.fault], [["b"], null]);
});

const wrecks: readonly (readonly [what: string, sql: string])[] = [
  ["the head is gone", "DELETE FROM audit_heads"],
  ["rows were added by hand", copyTo(6, 2)],
  ["the end was cut off", "DELETE FROM audit WHERE seq > 3"],
];

for (const [what, sql] of wrecks) {
  test(`SEC-11 administrators can go on when ${what}, and the fault stays`, async () => {
    const scene: Scene = setUp();
    await scene.recordAll("a", "b", "c", "d", "e");
    scene.tamper(sql);
    const before = (await scene.store.verify())[0]?.fault;
    await scene.record(entry("later"));
    assert.equal(scene.list()[0], "later");
    if (what !== "the head is gone") {
      assert.deepEqual((await scene.store.verify())[0]?.fault, before);
    }
  });
}

test("SEC-11 the list is filtered, newest first, a page at a time", async () => {
  const { clock, record, store, list } = setUp();
  await record(entry("old"));
  clock.advanceBy(3_600_000);
  const sinceMs = clock.wallMs();
  await record(entry("a", { by: "key_2" }));
  await record(entry("b", { event: "admin.key.created" }));
  await record(entry("c"));
  assert.deepEqual(list(), ["c", "b", "a", "old"]);
  assert.deepEqual(list({ sinceMs }), ["c", "b", "a"]);
  assert.deepEqual(list({ untilMs: sinceMs }), ["old"]);
  assert.deepEqual(list({ by: "key_2" }), ["a"]);
  assert.deepEqual(list({ event: "admin.key.created" }), ["b"]);
  assert.deepEqual(list({ object: "old" }), ["old"]);
  const all = { event: null, object: null, by: null, sinceMs: 0, untilMs: null, after: null };
  const page = store.list({ ...all, limit: 2 });
  assert.deepEqual(list({ after: page.at(-1)?.place ?? 0 }), ["a", "old"]);
});
