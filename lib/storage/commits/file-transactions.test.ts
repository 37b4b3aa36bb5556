import assert from "node:assert/strict";
import { test } from "node:test";
import { openForWriting } from "../database/open-database.ts";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import { FileTransactions } from "./file-transactions.ts";

const normal = 1;
const full = 2;

test("each transaction runs at the level asked for, whatever the one before had", () => {
  using folder = new TemporaryFolder();
  using database = openForWriting(folder.file("test.db"));
  const transactions = new FileTransactions(database);
  const levels = ["process", "process", "power", "process", "power", "power"] as const;
  for (const level of levels) {
    transactions.begin(level);
    const { synchronous } = database.prepare("PRAGMA synchronous").get() ?? {};
    transactions.commit();
    assert.equal(synchronous, level === "power" ? full : normal);
  }
});

test("rolling back works once, twice, and after SQLite did it itself", () => {
  using folder = new TemporaryFolder();
  using database = openForWriting(folder.file("test.db"));
  const transactions = new FileTransactions(database);
  database.exec("CREATE TABLE t (n INTEGER PRIMARY KEY)");
  transactions.begin("process");
  database.exec("INSERT INTO t VALUES (1)");
  transactions.rollback();
  transactions.rollback();
  transactions.begin("process");
  assert.throws(() => database.exec("INSERT OR ROLLBACK INTO t VALUES (1), (1)"));
  transactions.rollback();
  assert.equal(database.prepare("SELECT count(*) AS n FROM t").get()?.["n"], 0);
});
