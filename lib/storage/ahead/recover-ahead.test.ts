import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { migrate } from "../database/migrate.ts";
import { openForWriting } from "../database/open-database.ts";
import { heirOf } from "../memory/memory-ahead-log.ts";
import { MemoryDisk } from "../memory/memory-disk.ts";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import { encodeBlock, type AheadBlock } from "./ahead-block.ts";
import { AheadFiles } from "./ahead-files.ts";
import { aheadMigrations } from "./ahead-log.ts";
import { recoverAheadFiles, takeOverAhead, type LeftLog } from "./recover-ahead.ts";

const tables = [
  ...aheadMigrations,
  { number: 51, name: "rows", sql: "CREATE TABLE rows (n INTEGER PRIMARY KEY) STRICT" },
];

const setUp = () => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, tables, clock);
  disk.database.exec("INSERT INTO ahead_logs VALUES ('left', 0)");
  const column = (sql: string): unknown[] =>
    disk
      .openReader()
      .all(sql)
      .map((row) => Object.values(row)[0]);
  let removed = 0;
  const left = (blocks: readonly AheadBlock[]): LeftLog => ({
    name: "left",
    seize: () => blocks,
    remove: () => (removed += 1),
  });
  return {
    disk,
    rows: () => column("SELECT n FROM rows ORDER BY n"),
    logs: () => column("SELECT name FROM ahead_logs"),
    removals: () => removed,
    takeOver: (blocks: readonly AheadBlock[]) => takeOverAhead(heirOf(disk), left(blocks)),
  };
};

const block = (place: number, ...numbers: readonly number[]): AheadBlock => ({
  place,
  writes: numbers.map((n) => ({ sql: "INSERT INTO rows VALUES (?)", params: [n] })),
});

test("MON-10 what the database lacks of a log is applied in order, and the log forgotten", () => {
  const { disk, rows, logs, removals, takeOver } = setUp();
  disk.database.exec("INSERT INTO rows VALUES (10); UPDATE ahead_logs SET place = 1");
  assert.equal(takeOver([block(3, 30), block(1, 10), block(2, 20, 21)]), 0);
  assert.deepEqual([rows(), logs(), removals()], [[10, 20, 21, 30], [], 1]);
});

test("MON-10 of two who take a log over one finds it, the other nothing", () => {
  const { rows, removals, takeOver } = setUp();
  assert.equal(takeOver([block(1, 1)]), 0);
  assert.equal(takeOver([block(1, 1), block(2, 2)]), 0);
  assert.deepEqual([rows(), removals()], [[1], 2]);
});

test("a block that the database refuses is counted, and no other is lost with it", () => {
  const { rows, takeOver } = setUp();
  assert.equal(takeOver([block(1, 1), block(2, 2, 1), block(3, 3)]), 2);
  assert.deepEqual(rows(), [1, 3]);
});

test("MON-10 a log stays where the database takes nothing of it", () => {
  const { disk, rows, logs, removals, takeOver } = setUp();
  const commit = disk.commit.bind(disk);
  disk.commit = () => {
    throw new Error("disk full");
  };
  assert.throws(() => takeOver([block(1, 1)]), /disk full/u);
  assert.deepEqual([rows(), logs(), removals()], [[], ["left"], 0]);
  disk.commit = commit;
  takeOver([block(1, 1)]);
  assert.deepEqual(rows(), [1]);
});

test("MON-10 a disk that is full within a statement costs no block", () => {
  const { disk, rows, logs, removals, takeOver } = setUp();
  const { database } = disk;
  // A statement of several rows that may abort is undone alone: its transaction goes on.
  const sql = `INSERT INTO rows SELECT value FROM json_each(?)`;
  const many = Array.from({ length: 20_000 }, (_, n) => n);
  const blocks = [{ place: 1, writes: [{ sql, params: [JSON.stringify(many)] }] }];
  database.exec("PRAGMA max_page_count = 20");
  assert.throws(() => takeOver(blocks), /full/u);
  assert.deepEqual([rows(), logs(), removals()], [[], ["left"], 0]);
  database.exec("PRAGMA max_page_count = 100000");
  assert.equal(takeOver(blocks), 0);
  assert.equal(rows().length, many.length);
});

test("what was recovered survives a power cut", () => {
  const { disk, rows, takeOver } = setUp();
  takeOver([block(1, 1)]);
  assert.equal(disk.unsynced, 0);
  assert.deepEqual(rows(), [1]);
});

const rowsIn = (path: string): unknown[] => {
  const database = openForWriting(path);
  const rows = database.prepare("SELECT n FROM rows ORDER BY n").all();
  database.close();
  return rows.map(({ n }) => n);
};

test("MON-10 whoever has a folder for itself takes over every log in it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  const database = openForWriting(path);
  migrate(database, tables, new VirtualClock());
  database.exec("INSERT INTO ahead_logs VALUES ('a', 0), ('b', 1)");
  database.close();
  for (const [name, from] of [
    ["a", 10],
    ["b", 20],
    ["forgotten", 30],
  ] as const) {
    const files = new AheadFiles({ path, name, isShared: true, step: () => {} });
    for (const n of [from, from + 1]) files.append(block(0, n).writes);
    files[Symbol.dispose]();
  }
  assert.deepEqual([recoverAheadFiles(path), recoverAheadFiles(path)], [0, 0]);
  assert.deepEqual(rowsIn(path), [10, 11, 21], "the database knew one block of b, and all of c");
  assert.deepEqual(
    readdirSync(folder.path).filter((file) => file.includes("ahead")),
    [],
  );
});

test("MON-10 the one log of a former version is read once", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  const database = openForWriting(path);
  migrate(database, tables.slice(1), new VirtualClock());
  database.exec("CREATE TABLE ahead_mark (place INTEGER NOT NULL) STRICT");
  database.exec("INSERT INTO ahead_mark VALUES (6); INSERT INTO rows VALUES (60)");
  database.close();
  writeFileSync(`${path}-ahead-0`, Buffer.concat([block(8, 80), block(9, 90)].map(encodeBlock)));
  writeFileSync(`${path}-ahead-1`, Buffer.concat([block(6, 60), block(7, 70)].map(encodeBlock)));
  assert.deepEqual([recoverAheadFiles(path), recoverAheadFiles(path)], [0, 0]);
  assert.deepEqual(rowsIn(path), [60, 70, 80, 90]);
});
