import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { StreamEnd, StreamEntry } from "../stream-store.ts";
import { MemoryStreamDisk, MemoryStreamFiles } from "./memory-files-fixture.ts";
import { defaultRecentLimits, RecentStreamStore, type RecentLimits } from "./recent.ts";
import { SqliteStreamStore } from "./sqlite.ts";

const end: StreamEnd = {
  code: null,
  costNanoUsd: 1,
  usage: null,
  region: "",
  firstTokenMs: 0,
  latencyMs: 0,
};

const said = (text: string, seq = 0): StreamEntry => {
  const payload: CanonicalEvent = { type: "text", text };
  return { seq, kind: entryKind.content, payload };
};

/** Counts what it is asked for. */
class CountedStore extends SqliteStreamStore {
  finds = 0;
  reads = 0;
  hasFile = true;

  override find(id: string) {
    this.finds += 1;
    return super.find(id);
  }

  override read(id: string, seq: number) {
    this.reads += 1;
    return super.read(id, seq);
  }

  override hasFileOf(id: string): boolean {
    return this.hasFile && super.hasFileOf(id);
  }
}

class World {
  readonly clock = new VirtualClock();
  readonly #ids = new IdSource(this.clock, new SeededRandom(1));
  readonly files = new MemoryStreamFiles(new MemoryStreamDisk(this.clock), this.clock);
  readonly disk = new CountedStore(this.files, this.clock);
  readonly store: RecentStreamStore;

  constructor(limits: Partial<RecentLimits> = {}) {
    const all = { ...defaultRecentLimits, ...limits };
    this.store = new RecentStreamStore(this.disk, this.clock, all);
  }

  /** What the disk takes some time for. */
  async driven<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    work.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      this.clock.advanceBy(0.1);
      await Promise.resolve();
    }
    return work;
  }

  async make(text: string, ending: StreamEnd | null = end): Promise<string> {
    const id = this.#ids.newBody();
    const facts = { model: "m", streamUsage: true, repeatedMembers: "", isStored: false };
    const head = { id, keyId: "k", tenant: "t", createdMs: this.clock.wallMs(), facts };
    await this.driven(this.store.open({ ...head, surface: "openai.chat" }));
    await this.driven(this.store.append(id, [said(text)], ending));
    return id;
  }
}

test("PRF-7 an answer that is over is read from the disk once", async () => {
  const world = new World();
  const id = await world.make("a");
  for (let time = 0; time < 3; time += 1) {
    assert.deepEqual(world.store.find(id)?.end, end);
    assert.deepEqual(world.store.read(id, 0), [said("a")]);
    assert.deepEqual(world.store.read(id, 1), []);
  }
  assert.deepEqual([world.disk.finds, world.disk.reads], [1, 1]);
});

test("one that grows is read anew until it is over", async () => {
  const world = new World();
  const id = await world.make("a", null);
  assert.equal(world.store.find(id)?.nextSeq, 1);
  assert.deepEqual(world.store.read(id, 0), [said("a")]);
  await world.driven(world.store.append(id, [said("b", 1)], end));
  assert.equal(world.store.find(id)?.nextSeq, 2);
  assert.deepEqual(world.store.read(id, 0), [said("a"), said("b", 1)]);
  assert.deepEqual(world.store.read(id, 1), [said("b", 1)]);
  assert.equal(world.disk.reads, 2);
});

test("SEC-16 what was taken away is not in memory, though somebody asked meanwhile", async () => {
  const world = new World();
  const id = await world.make("a");
  assert.ok(world.store.find(id) !== null);
  world.store.read(id, 0);
  const removed = world.store.remove(id);
  assert.ok(world.store.find(id) !== null);
  assert.equal(world.store.read(id, 0).length, 1);
  await world.driven(removed);
  assert.equal(world.store.find(id), null);
  assert.deepEqual(world.store.read(id, 0), []);
  assert.equal(world.store.bytes, 0);
});

test("what could not be taken away is found on", async () => {
  const world = new World();
  const id = await world.make("a");
  world.store.find(id);
  world.files.fail();
  await assert.rejects(world.driven(world.store.remove(id)));
  assert.deepEqual(world.store.find(id)?.end, end);
});

test("with its file a stream is gone from memory as well", async () => {
  const world = new World();
  const id = await world.make("a");
  world.store.find(id);
  world.disk.hasFile = false;
  world.store.find(id);
  assert.equal(world.disk.finds, 2);
});

test("STR-8 what nobody asks for any more is not held, whatever becomes of its file", async () => {
  const world = new World({ idleMs: 1_000 });
  const [idle, used] = [await world.make("a"), await world.make("b")];
  for (const id of [idle, used]) {
    world.store.find(id);
    world.store.read(id, 0);
  }
  const both = world.store.bytes;
  world.clock.advanceBy(999);
  world.store.find(used);
  assert.equal(world.store.bytes, both);
  world.clock.advanceBy(1);
  assert.equal(world.store.bytes, both / 2);
  world.clock.advanceBy(1_999);
  assert.equal(world.store.bytes, 0);
  assert.deepEqual(world.store.read(used, 0), [said("b")]);
  world.store.find(used);
  world.clock.advanceBy(2_000);
  assert.equal(world.store.bytes, 0);
});

test("STR-8 memory holds so many bytes and streams, those that were asked for last", async () => {
  const few = new World({ bytes: 1_000_000, streams: 2 });
  const ids: string[] = [];
  for (const text of ["a", "b", "c"]) ids.push(await few.make(text));
  for (const id of ids) few.store.find(id);
  for (const id of ids.toReversed()) few.store.find(id);
  assert.equal(few.disk.finds, 4);

  const small = new World({ bytes: 10_000, streams: 100 });
  const long = [await small.make("x".repeat(3_000)), await small.make("y".repeat(3_000))];
  for (const id of long) {
    small.store.find(id);
    small.store.read(id, 0);
  }
  assert.ok(small.store.bytes <= 10_000);
  const [first = "", last = ""] = long;
  small.store.read(last, 0);
  assert.equal(small.disk.reads, 2);
  assert.equal(small.store.read(first, 0).length, 1);
  assert.equal(small.disk.reads, 3);
});

test("an answer of more than a page is read in pages each time", async () => {
  const world = new World();
  const id = await world.make("a", null);
  for (let seq = 1; seq < 4; seq += 1) {
    const text = "z".repeat(40_000);
    await world.driven(world.store.append(id, [said(text, seq)], seq === 3 ? end : null));
  }
  for (let time = 1; time <= 2; time += 1) {
    assert.equal(world.store.find(id)?.nextSeq, 4);
    const page = world.store.read(id, 0);
    assert.ok(page.length < 4);
    assert.equal(world.disk.reads, time);
  }
});
