import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../time/virtual-clock.ts";
import type { AheadBlock } from "./ahead-block.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { recoverAhead } from "./recover-ahead.ts";

const setUp = () => {
  const disk = new MemoryDisk(new VirtualClock());
  disk.database.exec("CREATE TABLE rows (n INTEGER PRIMARY KEY) STRICT");
  const rows = (): unknown[] =>
    disk
      .openReader()
      .all("SELECT n FROM rows ORDER BY n")
      .map(({ n }) => n);
  return {
    disk,
    rows,
    recover: (all: readonly AheadBlock[]) => recoverAhead(disk.database, disk, all),
  };
};

const block = (place: number, ...numbers: readonly number[]): AheadBlock => ({
  place,
  writes: numbers.map((n) => ({ sql: "INSERT INTO rows VALUES (?)", params: [n] })),
});

test("MON-10 blocks are applied in the order of their places, once each", () => {
  const { rows, recover } = setUp();
  assert.deepEqual(recover([]), { place: 0, lostWrites: 0 });
  assert.deepEqual(recover([block(2, 20), block(1, 10, 11)]), { place: 2, lostWrites: 0 });
  assert.deepEqual(rows(), [10, 11, 20]);
  const again = recover([block(1, 10, 11), block(2, 20), block(3, 30)]);
  assert.deepEqual([again, rows()], [{ place: 3, lostWrites: 0 }, [10, 11, 20, 30]]);
  assert.deepEqual(recover([]), { place: 3, lostWrites: 0 });
});

test("a block that the database refuses is counted, and no other is lost with it", () => {
  const { rows, recover } = setUp();
  const found = recover([block(1, 1), block(2, 2, 1), block(3, 3)]);
  assert.deepEqual([found, rows()], [{ place: 3, lostWrites: 2 }, [1, 3]]);
});

test("what was recovered survives a power cut", () => {
  const { disk, rows, recover } = setUp();
  recover([block(1, 1)]);
  assert.equal(disk.unsynced, 0);
  assert.deepEqual(rows(), [1]);
});
