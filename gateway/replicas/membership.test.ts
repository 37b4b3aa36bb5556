import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { beatMs, expiryMs, Membership } from "./membership.ts";
import { replicaMigrations } from "./store/migrations.sql.ts";
import { SqliteMembershipStore } from "./store/sqlite.ts";

/** A host on which processes join. */
function setUp() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, replicaMigrations, clock);
  const reader = disk.openReader();
  const store = new SqliteMembershipStore(reader);
  const events: string[] = [];
  const join = async (name: string) => {
    const writer = new MemoryWriter({ disk, clock, onLoss: (failure) => assert.fail(failure) });
    let names = 0;
    const joined = Membership.join({
      clock,
      store,
      writer,
      newId: () => `${name}${++names}`,
      async closeBooks(id) {
        events.push(`${name} closes ${id}`);
        await writer.commit([store.forget(id)], "process");
      },
      renamed: () => events.push(`${name} begins anew`),
      failed: () => events.push(`${name} could not`),
    });
    await clock.elapse(5);
    return { writer, membership: await joined };
  };
  const ids = (): string[] => store.members().map(({ id }) => id);
  return { clock, store, events, join, ids };
}

test("MON-8 the books of a process that says nothing for 10 s are closed by another", async () => {
  const { clock, events, join, ids } = setUp();
  const a = await join("a");
  await join("b");
  await clock.elapse(5_000);
  assert.deepEqual(ids(), ["a1", "b1"]);
  a.membership[Symbol.dispose]();
  a.writer.crash();
  await clock.elapse(expiryMs - 2 * beatMs);
  assert.deepEqual(events, []);
  await clock.elapse(3 * beatMs);
  assert.deepEqual(events, ["b closes a1"]);
  assert.deepEqual(ids(), ["b1"]);
});

test("the death of a process that somebody has seen is not waited for", async () => {
  const { clock, events, join, ids } = setUp();
  const a = await join("a");
  const b = await join("b");
  a.membership[Symbol.dispose]();
  a.writer.crash();
  const told = b.membership.died("a1");
  await clock.elapse(10);
  await told;
  assert.deepEqual(events, ["b closes a1"]);
  assert.deepEqual(ids(), ["b1"]);
});

test("a process whose store was away for too long begins anew under another name", async () => {
  const { clock, events, join, ids } = setUp();
  const a = await join("a");
  await join("b");
  a.writer.pause();
  await clock.elapse(expiryMs + 3 * beatMs);
  assert.deepEqual(ids(), ["b1"]);
  assert.equal(a.membership.isMember, false);
  a.writer.resume();
  await clock.elapse(3 * beatMs);
  assert.deepEqual(events, ["b closes a1", "a begins anew"]);
  assert.deepEqual(ids(), ["b1", "a2"]);
  assert.equal(a.membership.isMember, true);
});

test("a process that was held up itself takes nobody for dead for that", async () => {
  const { clock, events, join } = setUp();
  const a = await join("a");
  const b = await join("b");
  // Both stand still, as on a machine that was asleep: only b looks before a has said a word.
  a.membership[Symbol.dispose]();
  b.membership[Symbol.dispose]();
  clock.advanceBy(60_000);
  const looked = b.membership.look();
  await clock.elapse(10);
  await looked;
  assert.deepEqual(events, []);
});

test("of several processes the one that has been there longest leads", async () => {
  const { clock, join } = setUp();
  const a = await join("a");
  const b = await join("b");
  await clock.elapse(2 * beatMs);
  assert.deepEqual([a.membership.leads, b.membership.leads], [true, false]);
  assert.deepEqual([a.membership.size, b.membership.size], [2, 2]);
  const left = a.membership.leave();
  await clock.elapse(10);
  await left;
  await clock.elapse(2 * beatMs);
  assert.deepEqual([b.membership.leads, b.membership.size], [true, 1]);
});

test("a store that is away is told once a second, and nothing changes", async () => {
  const { clock, events, join, ids } = setUp();
  const a = await join("a");
  a.writer.failWith({ code: "storage_unavailable", message: "disk full" });
  await clock.elapse(3 * beatMs);
  assert.ok(events.length >= 2 && events.every((event) => event === "a could not"));
  a.writer.failWith(null);
  await clock.elapse(2 * beatMs);
  assert.deepEqual(ids(), ["a1"]);
  assert.equal(a.membership.isMember, true);
});
