import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { StoredSetting } from "../settings-store.ts";
import { settingsMigrations } from "./migrations.sql.ts";
import { loadSettings, sqliteSettingsStore as store } from "./sqlite.ts";

const open = () => {
  const database = new DatabaseSync(":memory:");
  for (const { sql } of settingsMigrations) database.exec(sql);
  const commit = (...writes: readonly Write[]): void => {
    for (const { sql, params } of writes) database.prepare(sql).run(...params);
  };
  const all = (sql: string): Row[] => database.prepare(sql).all();
  const load = () => loadSettings({ all, get: (sql) => all(sql)[0], close: () => {} });
  return { database, commit, load, [Symbol.dispose]: () => database.close() };
};

const setting = (path: string, value: unknown = 1): StoredSetting => ({
  change: { path, value },
  atMs: 1_767_225_600_000,
  by: "key_1",
});

test("CFG-3 settings come back in the order in which they were made", () => {
  using database = open();
  const removal: StoredSetting = { change: { path: "models.x", remove: true }, atMs: 1, by: "k" };
  const all = [setting("b", { "ü'": [null, "漫"] }), removal, setting("a", null)];
  database.commit(...all.map((each) => store.put(each)));
  assert.deepEqual(database.load(), all);
});

test("CFG-3 a path that is set again goes to the end", () => {
  using database = open();
  database.commit(store.put(setting("a", 1)), store.put(setting("b")), store.put(setting("a", 2)));
  assert.deepEqual(database.load(), [setting("b"), setting("a", 2)]);
});

test("CFG-3 a dropped path is gone, another stays, dropping twice does nothing", () => {
  using database = open();
  database.commit(store.put(setting("a")), store.put(setting("b")));
  database.commit(store.drop("a"), store.drop("a"));
  assert.deepEqual(database.load(), [setting("b")]);
});

test("a row that says nothing is named, not ignored", () => {
  using database = open();
  database.commit(store.put(setting("a")));
  database.database.exec("UPDATE settings SET change = '{}'");
  assert.throws(database.load, /Cannot load the setting a/);
});
