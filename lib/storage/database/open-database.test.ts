import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createShrinking, openForWriting } from "./open-database.ts";

const folder = mkdtempSync(join(tmpdir(), "sekisho-open-database-"));
after(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("SEC-16 a database and its logs are for their owner alone, whatever their folder is", () => {
  chmodSync(folder, 0o755);
  const [plain, shrinking] = [join(folder, "plain.db"), join(folder, "shrinking.db")];
  createShrinking(shrinking);
  for (const path of [plain, shrinking]) {
    using database = openForWriting(path);
    database.exec("CREATE TABLE t (a TEXT) STRICT; INSERT INTO t VALUES ('b')");
    for (const end of ["", "-wal", "-shm"]) assert.equal(modeOf(path + end), "600", path + end);
  }
});

test("a file that is there keeps its mode", () => {
  const path = join(folder, "shared.db");
  openForWriting(path).close();
  chmodSync(path, 0o640);
  using database = openForWriting(path);
  database.exec("CREATE TABLE t (a TEXT) STRICT");
  assert.deepEqual([modeOf(path), modeOf(`${path}-wal`)], ["640", "640"]);
});

test("a folder that is not there is SQLite's to tell of", () => {
  const path = join(folder, "missing", "plain.db");
  assert.throws(() => openForWriting(path), /unable to open database file/);
});
