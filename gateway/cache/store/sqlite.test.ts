import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { PurgeSelector } from "../cache-store.ts";
import type { CachedAnswer } from "../cached-answer.ts";
import { cacheMigrations } from "./migrations.sql.ts";
import { SqliteCacheStore, type StoreLimits } from "./sqlite.ts";

const all: PurgeSelector = {
  tenant: null,
  alias: null,
  keyId: null,
  user: null,
  sessions: null,
  key: null,
};

const answerOf = (key: string, rest: Partial<CachedAnswer> = {}): CachedAnswer => ({
  key,
  owner: { tenant: "t", alias: "a", keyId: "k", user: "u", session: null },
  storedMs: 5,
  expiresMs: 1_000_000,
  facts: {
    form: '["openai.chat",true,null,null]',
    served: { provider: "p", region: "r", upstreamModel: "m" },
    dropped: ["x"],
    usage: { input: 1, output: 2, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 },
    costNanoUsd: 5,
    headers: ["a", "b"],
  },
  entries: [
    { seq: 0, kind: entryKind.content, payload: Buffer.from("data: é\n\n") },
    { seq: 1, kind: entryKind.content, payload: { type: "text", text: "words" } },
    { seq: 2, kind: entryKind.terminal, payload: Buffer.alloc(0) },
  ],
  bytes: 1_000,
  ...rest,
});

const terms = (purges = 0, sinceMs = Infinity) => ({ purges, sinceMs });

function openStore(limits: Partial<StoreLimits> = {}) {
  const clock = new VirtualClock(0);
  const disk = new MemoryDisk(clock);
  migrate(disk.database, cacheMigrations, clock);
  const lost: unknown[] = [];
  const open = () => {
    const writer = new MemoryWriter({ disk, clock, onLoss: () => {} });
    const reader = disk.openReader();
    const store = new SqliteCacheStore({
      file: {
        exists: true,
        reader: () => reader,
        writer: () => Promise.resolve(writer),
        scrub: () => Promise.resolve(true),
      },
      limits: () => ({ bytes: 1e9, answers: 1e6, ...limits }),
      wallMs: () => clock.wallMs(),
      lost: (error) => lost.push(error),
    });
    return { store, writer };
  };
  const driven = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    work.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      clock.advanceBy(0.1);
      await Promise.resolve();
    }
    return work;
  };
  return { ...open(), open, driven, clock, lost };
}

test("STR-14 an answer is found as it was kept, by another process too", async () => {
  const { store, writer, open, driven } = openStore();
  const answer = answerOf("1");
  store.keep(answer, terms());
  await driven(Promise.resolve().then(() => writer.flush()));
  assert.deepEqual(store.find("1"), answer);
  assert.deepEqual(open().store.find("1"), answer);
  assert.equal(store.find("2"), null);
  const newer = answerOf("1", { storedMs: 9 });
  store.keep(newer, terms());
  await driven(Promise.resolve().then(() => writer.flush()));
  assert.deepEqual(store.find("1"), newer);
  assert.deepEqual(store.size(), { answers: 1, bytes: 1_000 });
});

test("STR-14 the file is bounded: what is over goes, then what was kept first", async () => {
  const { store, writer, driven, clock } = openStore({ bytes: 20_000 });
  store.keep(answerOf("over", { expiresMs: 1 }), terms());
  clock.advanceBy(10);
  for (let n = 0; n < 50; n += 1) store.keep(answerOf(String(n)), terms());
  await driven(Promise.resolve().then(() => writer.flush()));
  const { answers, bytes } = store.size();
  assert.ok(bytes <= 22_000 && answers >= 19, `${answers} answers, ${bytes} bytes`);
  assert.deepEqual([store.find("over"), store.find("0")], [null, null]);
  assert.equal(store.find("49")?.key, "49");
  const few = openStore({ answers: 10 });
  for (let n = 0; n < 50; n += 1) few.store.keep(answerOf(String(n)), terms());
  await few.driven(Promise.resolve().then(() => few.writer.flush()));
  assert.ok(few.store.size().answers <= 11);
});

test("STR-14 what is over is taken out of the file though nothing more is kept", async () => {
  const { store, writer, driven, clock } = openStore();
  const flush = () => driven(Promise.resolve().then(() => writer.flush()));
  store.keep(answerOf("1", { expiresMs: 100 }), terms());
  store.keep(answerOf("2"), terms());
  await flush();
  clock.advanceBy(100);
  assert.equal(store.size().answers, 2);
  store.sweep();
  await flush();
  assert.deepEqual([store.find("1"), store.find("2")?.key], [null, "2"]);
});

test("STR-14 a purge takes those that wait to be written, and is seen by everybody", async () => {
  const { store, open, driven } = openStore();
  const other = { tenant: "other", alias: "b", keyId: "l", user: null, session: "s" };
  store.keep(answerOf("1"), terms());
  store.keep(answerOf("2", { owner: other }), terms());
  await Promise.resolve();
  assert.equal(store.changes().purges, 0);
  assert.equal(await driven(store.purge({ ...all, tenant: "t", user: "u" }, 1)), 1);
  assert.ok(!store.holds({ ...all, tenant: "t", user: "u" }));
  assert.deepEqual([store.find("1"), store.find("2")?.key], [null, "2"]);
  assert.equal(open().store.changes().purges, 1);
  assert.equal(await driven(store.purge({ ...all, tenant: "t" }, 2)), 0);
  for (const which of [{ alias: "c" }, { keyId: "k" }, { sessions: ["x"] }, { key: "1" }]) {
    assert.equal(await driven(store.purge({ ...all, ...which }, 3)), 0);
  }
  const one = { ...all, sessions: ["r", "s"], keyId: "l" };
  assert.ok(store.holds(one));
  assert.equal(await driven(store.purge(one, 4)), 1);
  assert.ok(!store.holds(one));
  assert.equal(open().store.changes().purges, 7);
});

test("STR-14 what was made before a purge that it does not know of is not kept", async () => {
  const { store, writer, driven } = openStore();
  store.keep(answerOf("1"), terms());
  assert.equal(await driven(store.purge(all, 1)), 1);
  store.keep(answerOf("1"), terms());
  store.keep(answerOf("2"), terms(store.changes().purges));
  await driven(Promise.resolve().then(() => writer.flush()));
  assert.deepEqual([store.find("1"), store.find("2")?.key], [null, "2"]);
});

test("STR-14 an answer that cannot be written is told", async () => {
  const { driven, clock } = openStore();
  const lost: unknown[] = [];
  const store = new SqliteCacheStore({
    file: {
      exists: true,
      reader: () => null,
      writer: () => Promise.reject(new Error("the disk is full")),
      scrub: () => Promise.reject(new Error("the disk is full")),
    },
    limits: () => ({ bytes: 1, answers: 1 }),
    wallMs: () => clock.wallMs(),
    lost: (error) => lost.push(error),
  });
  store.keep(answerOf("1"), terms());
  await driven(Promise.resolve().then(() => {}));
  assert.equal(lost.length, 1);
  assert.deepEqual([store.find("1"), store.changes().purges, store.size().answers], [null, 0, 0]);
});

test("STR-14 an answer in the place of an older one is told to every process", async () => {
  const { store, writer, open, driven } = openStore({ answers: 30 });
  const flushed = () => driven(Promise.resolve().then(() => writer.flush()));
  const keep = (storedMs: number, sinceMs = Infinity, key = "1") =>
    store.keep(answerOf(key, { storedMs }), terms(0, sinceMs));
  keep(5);
  await flushed();
  assert.deepEqual(store.changes(), { purges: 0, renewals: 0 });
  keep(9);
  await flushed();
  const other = open().store;
  assert.deepEqual(other.changes(), { purges: 0, renewals: 1 });
  assert.deepEqual(other.renewedSince(0), [{ key: "1", storedMs: 9 }]);
  assert.deepEqual([other.renewedSince(1), other.find("1")?.storedMs], [[], 9]);
  // Somebody else's was kept while it was made, and stays.
  keep(12, 8);
  await flushed();
  assert.deepEqual([other.changes().renewals, other.find("1")?.storedMs], [1, 9]);
  // Whoever has seen none for long is told so.
  for (let n = 0; n < 1_100; n += 1) keep(20 + n);
  keep(0, Infinity, "2");
  await flushed();
  const { renewals } = other.changes();
  assert.equal(renewals, 1_101);
  assert.equal(other.renewedSince(1), null);
  assert.equal(other.renewedSince(renewals - 2)?.length, 2);
});
