import assert from "node:assert/strict";
import { test } from "node:test";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import { openForWriting } from "./open-database.ts";
import { SqliteReader } from "./sqlite-reader.ts";

const fails = { code: "storage_unavailable" };

test("a file that is missing, or is not a database, is refused with a sentence", () => {
  using folder = new TemporaryFolder();
  assert.throws(() => SqliteReader.open(folder.file("missing.db")), {
    ...fails,
    message: /^Cannot open .*missing\.db for reading: unable to open database file/u,
  });
});

test("sees each commit at once, and cannot write", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using writing = openForWriting(path);
  writing.exec("CREATE TABLE t (n INTEGER, text TEXT)");
  using reader = SqliteReader.open(path);
  assert.deepEqual(reader.all("SELECT * FROM t"), []);
  assert.equal(reader.get("SELECT * FROM t"), undefined);
  writing.exec("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  assert.deepEqual(
    reader.all("SELECT text FROM t WHERE n >= ? ORDER BY n", [1]).map(({ text }) => text),
    ["a", "b"],
  );
  assert.deepEqual({ ...reader.get("SELECT n FROM t WHERE text = ?", ["b"]) }, { n: 2 });
  assert.throws(() => reader.all("DELETE FROM t"), fails);
  assert.equal(reader.all("SELECT * FROM t").length, 2);
});

test("integers are numbers up to 2^53 and bigint beyond, also in one result", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using writing = openForWriting(path);
  writing.exec("CREATE TABLE t (a INTEGER, b INTEGER)");
  const insert = writing.prepare("INSERT INTO t VALUES (?, ?)");
  insert.run(1, Number.MAX_SAFE_INTEGER);
  insert.run(2, 2n ** 62n);
  using reader = SqliteReader.open(path);
  assert.deepEqual(
    reader.all("SELECT a, b FROM t").map((row) => ({ ...row })),
    [
      { a: 1, b: Number.MAX_SAFE_INTEGER },
      { a: 2, b: 2n ** 62n },
    ],
  );
  assert.deepEqual(
    { ...reader.get("SELECT b FROM t WHERE a = 1") },
    { b: Number.MAX_SAFE_INTEGER },
  );
  assert.deepEqual({ ...reader.get("SELECT b FROM t WHERE a = 2") }, { b: 2n ** 62n });
  assert.deepEqual(
    { ...reader.get("SELECT b FROM t WHERE a = 1") },
    { b: Number.MAX_SAFE_INTEGER },
  );
});

test("more statements than are kept work as before", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using writing = openForWriting(path);
  writing.exec("CREATE TABLE t (n INTEGER)");
  using reader = SqliteReader.open(path);
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 300; n++) {
      assert.deepEqual({ ...reader.get(`SELECT ${n} AS n, ? AS param`, [n]) }, { n, param: n });
    }
  }
});

test("bad SQL and reading after close are storage failures", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using writing = openForWriting(path);
  writing.exec("CREATE TABLE t (n INTEGER)");
  const reader = SqliteReader.open(path);
  assert.throws(() => reader.all("SELECT * FROM nowhere"), {
    ...fails,
    message: "Cannot read: no such table: nowhere (SQLite 1)",
  });
  reader.close();
  assert.throws(() => reader.all("SELECT * FROM t"), fails);
});
