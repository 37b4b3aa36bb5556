import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Claim } from "../claim-store.ts";
import { idempotencyMigrations } from "./migrations.sql.ts";
import { SqliteClaimStore } from "./sqlite.ts";

function openStore() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, idempotencyMigrations, clock);
  const writer = new MemoryWriter({ disk, clock, onLoss: () => {} });
  const commit = async (writes: readonly Write[]): Promise<void> => {
    const work = writer.commit(writes, "process");
    let isOver = false;
    work.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      clock.advanceBy(0.1);
      await Promise.resolve();
    }
    await work;
  };
  return { store: new SqliteClaimStore(disk.openReader()), commit };
}

const claimOf = (n: number, rest: Partial<Claim> = {}): Claim => ({
  tenant: "t",
  surface: "openai.chat",
  reader: "",
  source: "key",
  name: `name-${n}`,
  callId: `call-${n}`,
  keyId: "k",
  fingerprint: "f",
  createdMs: n,
  expiresMs: 1_000 + n,
  ...rest,
});

test("STR-13 a name is taken once, and goes over only from who has it", async () => {
  const { store, commit } = openStore();
  const first = claimOf(1);
  await commit(store.take(first, null));
  assert.deepEqual(store.find(first), first);
  assert.deepEqual(store.byCall("call-1"), first);
  const second = { ...first, callId: "call-2" };
  await assert.rejects(commit(store.take(second, null)), { code: "storage_conflict" });
  await commit(store.take(second, first));
  const third = { ...first, callId: "call-3" };
  // It was somebody else's by then.
  await assert.rejects(commit(store.take(third, first)), { code: "storage_conflict" });
  await commit([store.release("call-1")]);
  assert.equal(store.find(first)?.callId, "call-2");
  await commit([store.release("call-2")]);
  assert.equal(store.find(first), null);
});

test("STR-13 names are listed newest first, by tenant, by name, and in pages", async () => {
  const { store, commit } = openStore();
  const tenants = ["t", "u", "t", "t"];
  for (const [n, tenant] of tenants.entries()) {
    await commit(store.take(claimOf(n, { tenant }), null));
  }
  const all = { tenant: null, name: null, before: null, limit: 10 };
  const calls = (query: Partial<typeof all> | object): string[] =>
    store.list({ ...all, ...query }).map(({ callId }) => callId);
  assert.deepEqual(calls({}), ["call-3", "call-2", "call-1", "call-0"]);
  assert.deepEqual(calls({ tenant: "t" }), ["call-3", "call-2", "call-0"]);
  assert.deepEqual(calls({ tenant: "t", limit: 1 }), ["call-3"]);
  assert.deepEqual(calls({ before: "call-2" }), ["call-1", "call-0"]);
  assert.deepEqual(calls({ name: "name-1" }), ["call-1"]);
  assert.deepEqual(calls({ tenant: "t", name: "name-1" }), []);
});

test("STR-13 what is over is dropped, the oldest first and so many at once", async () => {
  const { store, commit } = openStore();
  for (let n = 0; n < 5; n += 1) await commit(store.take(claimOf(n), null));
  await commit([store.extend("call-0", 5_000)]);
  await commit([store.dropExpired(1_003, 2)]);
  const left = (): string[] =>
    store.list({ tenant: null, name: null, before: null, limit: 10 }).map(({ callId }) => callId);
  assert.deepEqual(left(), ["call-4", "call-3", "call-0"]);
  await commit([store.dropExpired(1_003, 2)]);
  assert.deepEqual(left(), ["call-4", "call-0"]);
});
