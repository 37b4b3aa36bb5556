import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { promisify } from "node:util";
import { Failure } from "../../failure/failure.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { checkFile, migrate, migrateFile } from "./migrate.ts";
import type { Migration } from "../migration.ts";
import { openForWriting } from "./open-database.ts";
import { SqliteReader } from "./sqlite-reader.ts";
import { TemporaryFolder } from "../testing/temporary-folder.ts";

const clock = new VirtualClock(1_000_000);

const books: Migration = { number: 1, name: "books", sql: "CREATE TABLE books (title TEXT)" };
const shelves: Migration = {
  number: 20,
  name: "shelves",
  sql: "CREATE TABLE shelves (n INTEGER); INSERT INTO shelves VALUES (1), (2)",
};
const authors: Migration = { number: 5, name: "authors", sql: "CREATE TABLE authors (name TEXT)" };

const refuses = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Failure && error.code === "migration_refused", String(error));
  assert.match(error.message, pattern);
  return true;
};

const tables = (database: DatabaseSync): string[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => String(name));

test("an empty database gets everything, in the order of numbers", () => {
  using database = new DatabaseSync(":memory:");
  assert.equal(migrate(database, [shelves, books], clock), 2);
  const applied = database.prepare("SELECT * FROM schema_migrations").all();
  assert.deepEqual(
    applied.map(({ number, name, applied_at: at }) => [number, name, at]),
    [
      [1, "books", 1_000_000],
      [20, "shelves", 1_000_000],
    ],
  );
  assert.match(String(applied[0]?.["sha256"]), /^[0-9a-f]{64}$/u);
  assert.deepEqual(tables(database), ["books", "schema_migrations", "shelves"]);
});

test("a second start applies nothing", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, [books, shelves], clock);
  assert.equal(migrate(database, [books, shelves], clock), 0);
  assert.equal(database.prepare("SELECT count(*) AS n FROM shelves").get()?.["n"], 2);
});

test("a new number below an applied one is applied: each feature has a range of its own", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, [books, shelves], clock);
  assert.equal(migrate(database, [books, authors, shelves], clock), 1);
  assert.deepEqual(tables(database).slice(0, 2), ["authors", "books"]);
});

test("no migrations at all is fine", () => {
  using database = new DatabaseSync(":memory:");
  assert.equal(migrate(database, [], clock), 0);
});

test("two with one number, or a number that is none, are refused before anything is done", () => {
  using database = new DatabaseSync(":memory:");
  const twin = { ...authors, number: 1 };
  assert.throws(
    () => migrate(database, [books, shelves, twin], clock),
    refuses(/^Cannot migrate: migration 1 "books" and "authors" share a number$/u),
  );
  for (const number of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => migrate(database, [{ ...books, number }], clock), refuses(/from 1 up/u));
  }
  assert.deepEqual(tables(database), []);
});

test("a changed text of an applied migration is refused", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, [books], clock);
  const changed = { ...books, sql: `${books.sql} ` };
  assert.throws(
    () => migrate(database, [changed, shelves], clock),
    refuses(/migration 1 "books" was applied with another text \([0-9a-f]{12} applied/u),
  );
  assert.deepEqual(tables(database), ["books", "schema_migrations"]);
});

test("a file of a newer program is refused by its name, with the way out, and stays", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  migrateFile(path, [books, authors, shelves], clock);
  // The number that is not known is below one that is.
  assert.throws(() => migrateFile(path, [books, shelves], clock), {
    code: "migration_refused",
    message:
      `Cannot open ${path}: this data folder was written by a newer Sekisho, and this one does ` +
      'not know migration 5 "authors". Install the newer version again, or restore a backup of ' +
      "the folder from before it",
  });
  assert.equal(migrateFile(path, [books, authors, shelves], clock), 0);
  using database = new DatabaseSync(":memory:");
  migrate(database, [books, shelves], clock);
  assert.throws(() => migrate(database, [books], clock), refuses(/^Cannot open the database: /u));
});

test("a file is looked at before anything is done with it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  checkFile(path, [books]);
  assert.ok(!existsSync(path), "one that is not there is not made");
  using database = openForWriting(path);
  checkFile(path, [books]);
  migrate(database, [books, shelves], clock);
  checkFile(path, [books, authors, shelves]);
  assert.throws(() => checkFile(path, [books]), refuses(/a newer Sekisho/u));
  assert.throws(() => checkFile(path, [{ ...books, sql: "" }]), refuses(/with another text/u));
});

test("a file of something else is refused by its name", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("foreign.db");
  writeFileSync(path, "no database, but a text of some length");
  assert.throws(() => checkFile(path, [books]), refuses(/foreign\.db: it is no SQLite database/u));
});

test("one that fails is undone whole; those before it stay", () => {
  using database = new DatabaseSync(":memory:");
  const broken = {
    number: 2,
    name: "broken",
    sql: "CREATE TABLE half (n); INSERT INTO nowhere VALUES (1)",
  };
  assert.throws(
    () => migrate(database, [books, broken, shelves], clock),
    refuses(/^Cannot apply migration 2 "broken": no such table: nowhere$/u),
  );
  assert.deepEqual(tables(database), ["books", "schema_migrations"]);
  assert.equal(migrate(database, [books, shelves], clock), 1);
});

test("a text that ends its own transaction is refused", () => {
  using database = new DatabaseSync(":memory:");
  const sneaky = {
    number: 2,
    name: "sneaky",
    sql: "CREATE TABLE a (n); COMMIT; CREATE TABLE b (n)",
  };
  assert.throws(() => migrate(database, [sneaky], clock), refuses(/ends the transaction/u));
  assert.equal(database.prepare("SELECT count(*) AS n FROM schema_migrations").get()?.["n"], 0);
});

test("processes that start at once apply each migration once", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  const script = join(import.meta.dirname, "../testing/migrating-process.ts");
  const runs = [1, 2, 3].map(() => promisify(execFile)(process.execPath, [script, path]));
  const counts = (await Promise.all(runs)).map(({ stdout }) => Number(stdout));
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    20,
  );
  using reader = SqliteReader.open(path);
  assert.deepEqual({ ...reader.get("SELECT count(*) AS n FROM schema_migrations") }, { n: 20 });
});

test("what another process applied between the look and the lock is not applied twice", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using database = openForWriting(path);
  const exec = database.exec.bind(database);
  let begins = 0;
  database.exec = (sql) => {
    if (sql === "BEGIN IMMEDIATE") begins += 1;
    // The first one makes the table of migrations, the second one applies `books`.
    if (begins === 2) {
      begins += 1;
      assert.equal(migrateFile(path, [books, shelves], clock), 2);
    }
    exec(sql);
  };
  assert.equal(migrate(database, [books, shelves], clock), 0);
  assert.equal(database.prepare("SELECT count(*) AS n FROM shelves").get()?.["n"], 2);
});

test("a file that is open in another process for reading is migrated all the same", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  migrateFile(path, [books], clock);
  using reader = SqliteReader.open(path);
  reader.all("SELECT * FROM books");
  assert.equal(migrateFile(path, [books, shelves], clock), 1);
  assert.equal(reader.all("SELECT * FROM shelves").length, 2);
});
