import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { keyStoreConformance } from "./conformance.ts";
import { identityMigrations } from "./migrations.sql.ts";
import { loadKeys, loadKeyUses, sqliteKeyStore } from "./sqlite.ts";

const open = () => {
  const database = new DatabaseSync(":memory:");
  for (const { sql } of identityMigrations) database.exec(sql);
  const commit = (writes: readonly Write[]): void => {
    for (const { sql, params } of writes) database.prepare(sql).run(...params);
  };
  const all = (sql: string): Row[] => database.prepare(sql).all();
  const get = (sql: string): Row | undefined => all(sql)[0];
  const reader = { all, get, close: () => {} };
  const load = () => loadKeys(reader);
  return { database, store: sqliteKeyStore, commit, load, close: () => database.close() };
};

keyStoreConformance("sqlite", open);

const insert = `INSERT INTO keys (id, tenant, role, models, surfaces, name, origin, hmac, pepper,
  created_ms) VALUES ('a', 't', 'client', ?, '[]', '', 'admin', ?, 1, 1)`;

test("sqlite: a row with a broken list is named, not loaded", () => {
  const { database, load, close } = open();
  database.prepare(insert).run('["a", 1]', new Uint8Array(32));
  assert.throws(load, /column models is no list of strings/);
  close();
});

test("sqlite: the table refuses a hash of another length", () => {
  const { database, close } = open();
  assert.throws(() => database.prepare(insert).run("[]", new Uint8Array(31)), /CHECK/);
  close();
});

test("sqlite: the table refuses a criticality and a role that are none", () => {
  const { database, close } = open();
  database.prepare(insert).run("[]", new Uint8Array(32));
  assert.throws(() => database.exec("UPDATE keys SET role = 'root'"), /CHECK/);
  assert.throws(() => database.exec("UPDATE keys SET criticality = 'high'"), /CHECK/);
  close();
});

test("sqlite: the table refuses an access key id without its salt, and a short salt", () => {
  const { database, store, commit, close } = open();
  const pair = { accessKeyId: "SKIA", salt: new Uint8Array(32) };
  const secret = { hmac: new Uint8Array(32), pepper: 1, pair };
  const rotate = (changes: Partial<typeof pair>) =>
    commit([
      store.rotate("a", {
        secret: { ...secret, pair: { ...pair, ...changes } },
        atMs: 1,
        previousUntilMs: null,
      }),
    ]);
  database.prepare(insert).run("[]", new Uint8Array(32));
  assert.throws(() => rotate({ salt: new Uint8Array(31) }), /CHECK/);
  rotate({});
  assert.throws(() => database.exec("UPDATE keys SET pair_salt = NULL"), /CHECK/);
  assert.throws(() => database.exec("UPDATE keys SET previous_access_key_id = 'a'"), /CHECK/);
  close();
});

test("sqlite: a key of the first migration gets no pair by the others, and its role", () => {
  const database = new DatabaseSync(":memory:");
  const [first, ...later] = identityMigrations;
  database.exec(first?.sql ?? "");
  database.prepare(insert).run("[]", new Uint8Array(32));
  const admin = insert.replace("'a', 't', 'client'", "'b', 'operator', 'admin'");
  database.prepare(admin).run("[]", new Uint8Array(32));
  for (const { sql } of later) database.exec(sql);
  const all = (sql: string): Row[] => database.prepare(sql).all();
  const [record, formerAdmin] = loadKeys({ all, get: (sql) => all(sql)[0], close: () => {} });
  assert.deepEqual([record?.grant.role, formerAdmin?.grant.role], ["client", "owner"]);
  assert.equal(record?.secret.pair, null);
  assert.equal(record?.grant.criticality, "critical");
  database.close();
});

test("sqlite: SEC-1 the last use of a key is the latest that was written", () => {
  const database = new DatabaseSync(":memory:");
  for (const { sql } of identityMigrations) database.exec(sql);
  const all = (sql: string): Row[] => database.prepare(sql).all();
  const reader = { all, get: (sql: string) => all(sql)[0], close: () => {} };
  database.prepare(insert).run("[]", new Uint8Array(32));
  assert.deepEqual(loadKeyUses(reader), []);
  for (const atMs of [5, 9, 7]) {
    const { sql, params } = sqliteKeyStore.used("a", atMs);
    database.prepare(sql).run(...params);
  }
  assert.deepEqual(loadKeyUses(reader), [["a", 9]]);
  database.close();
});
