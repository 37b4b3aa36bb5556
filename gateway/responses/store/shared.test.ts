import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { StreamHead } from "../stream-store.ts";
import { MemoryStreamDisk, MemoryStreamFiles } from "./memory-files-fixture.ts";
import { SharedStreamStore } from "./shared.ts";
import { SqliteStreamStore } from "./sqlite.ts";

const clock = new VirtualClock();
const ids = new IdSource(clock, new SeededRandom(1));

/** A process's own streams, on a disk that others may read. */
const storeOn = (): SqliteStreamStore =>
  new SqliteStreamStore(new MemoryStreamFiles(new MemoryStreamDisk(clock), clock), clock);

const headOf = (id: string): StreamHead => ({
  id,
  keyId: "k",
  tenant: "t",
  surface: "openai.chat",
  createdMs: clock.wallMs(),
  facts: { model: "m", streamUsage: true, repeatedMembers: "", isStored: false },
});

/** What the disk takes some time for. */
async function driven(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  work.catch(() => {}).finally(() => (isOver = true));
  while (!isOver) {
    clock.advanceBy(0.1);
    await Promise.resolve();
  }
  await work;
}

const said = { seq: 0, kind: entryKind.content, payload: { type: "text", text: "a" } } as const;

test("STR-5 streams of another process are read, and not taken away", async () => {
  const [own, other] = [storeOn(), storeOn()];
  const shared = new SharedStreamStore(own, () => [other]);
  const [mine, foreign] = [ids.newBody(), ids.newBody()];
  await driven(shared.open(headOf(mine)));
  await driven(shared.append(mine, [said], null));
  await driven(other.open(headOf(foreign)));
  await driven(other.append(foreign, [said], null));
  for (const id of [mine, foreign]) {
    assert.equal(shared.find(id)?.nextSeq, 1);
    assert.deepEqual(shared.read(id, 0), [said]);
    assert.deepEqual(shared.read(id, 1), []);
  }
  assert.equal(other.find(mine), null);
  await assert.rejects(driven(shared.remove(foreign)), { code: "conflict" });
  assert.equal(shared.find(foreign)?.nextSeq, 1);
  await driven(shared.remove(mine));
  assert.equal(shared.find(mine), null);
  assert.equal(shared.find(ids.newBody()), null);
});

test("STR-5 a neighbour whose file cannot be read has nothing, and hides nobody", async () => {
  const good = storeOn();
  const broken = {
    find: () => assert.fail("no such table"),
    read: () => assert.fail("no such table"),
  };
  const shared = new SharedStreamStore(storeOn(), () => [broken, good]);
  const id = ids.newBody();
  await driven(good.open(headOf(id)));
  await driven(good.append(id, [said], null));
  assert.equal(shared.find(id)?.nextSeq, 1);
  assert.deepEqual(shared.read(id, 0), [said]);
});
