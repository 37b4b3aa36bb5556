import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import type { Batch } from "../commits/batch.ts";
import { GroupCommit } from "../commits/group-commit.ts";
import type { StorageError } from "../storage-failure.ts";
import type { Write } from "../writer.ts";
import { AheadCommits } from "./ahead-commits.ts";

const certain = (n: number): Write => ({ sql: "INSERT", params: [n], isCertain: true });
const doubtful = (n: number): Write => ({ sql: "INSERT", params: [n] });
const diskFull: StorageError = { code: "storage_unavailable", message: "disk full" };

class Bench {
  readonly clock = new VirtualClock();
  readonly sent: Batch[] = [];
  readonly blocks: (readonly Write[])[] = [];
  appliedPlace = 0;
  isFull = false;
  readonly group = new GroupCommit({
    clock: this.clock,
    send: (batch) => this.sent.push(batch),
    onLoss: () => assert.fail("lost"),
    maxWaitingWrites: 10,
  });
  readonly ahead = new AheadCommits(this.clock, this.group, {
    name: "here",
    append: (writes) => (this.isFull ? null : this.blocks.push(writes)),
    applied: (place) => (this.appliedPlace = place),
  });
}

test("the certain commits of a turn are one block, and owed to the database", async () => {
  const { clock, sent, blocks, ahead } = new Bench();
  const commits = [1, 2].map(async (n) => ahead.commit([certain(n)], "process"));
  assert.deepEqual(blocks, []);
  await clock.elapse(0);
  await Promise.all(commits);
  assert.deepEqual([blocks, sent.length], [[[certain(1), certain(2)]], 0]);
  await clock.elapse(20);
  assert.deepEqual(
    sent[0]?.rows,
    [0, 1, 1, 0, 1, 2, 1, 2, "here", 1],
    "with how far the database is then",
  );
});

test("MON-10 what looks at its process does so in the database, and not ahead of it", async () => {
  const { clock, sent, blocks, ahead } = new Bench();
  const asking: Write = { ...certain(1), sql: "INSERT IF MEMBER", aheadSql: "INSERT" };
  const commit = ahead.commit([{ ...asking, passing: { key: "1", is: "made" } }], "process");
  await clock.elapse(20);
  await commit;
  assert.deepEqual(blocks, [[{ sql: "INSERT", params: [1], passing: { key: "1", is: "made" } }]]);
  assert.equal(sent[0]?.newStatements[0], "INSERT");
  const full = new Bench();
  full.isFull = true;
  void full.ahead.commit([asking], "process");
  await full.clock.elapse(0);
  assert.deepEqual(full.sent[0]?.newStatements, ["INSERT IF MEMBER"]);
});

test("a transaction says once how far the database is with all blocks of it", async () => {
  const { clock, sent, ahead } = new Bench();
  for (const n of [1, 2, 3]) {
    void ahead.commit([certain(n)], "process");
    await clock.elapse(2);
  }
  await clock.elapse(20);
  assert.deepEqual(sent[0]?.rows, [0, 1, 1, 0, 1, 2, 0, 1, 3, 1, 2, "here", 3]);
});

test("the log hears of what the database has", async () => {
  const bench = new Bench();
  const commit = bench.ahead.commit([certain(1)], "process");
  await bench.clock.elapse(20);
  await commit;
  assert.equal(bench.appliedPlace, 0);
  bench.group.settle({ kind: "done" });
  assert.equal(bench.appliedPlace, 1);
});

test("a commit that may be refused, or has to survive a power cut, is the database's", () => {
  const { ahead } = new Bench();
  assert.equal(ahead.commit([certain(1), doubtful(2)], "process"), null);
  assert.equal(ahead.commit([certain(1)], "power"), null);
  assert.equal(ahead.commit([], "process"), null);
});

test("nobody goes ahead of a database that refuses, is late, or is owed too much", async () => {
  const { clock, group, ahead } = new Bench();
  const refused = assert.rejects(group.commit([doubtful(1)], "process"));
  await clock.elapse(0);
  group.settle({ kind: "transaction_failed", error: diskFull });
  await refused;
  assert.equal(ahead.commit([certain(1)], "process"), null);
  const late = group.commit([doubtful(2)], "process");
  await clock.elapse(20);
  group.settle({ kind: "done" });
  await late;
  const slow = group.commit([doubtful(3)], "process");
  await clock.elapse(100);
  const first = ahead.commit([certain(2)], "process");
  assert.notEqual(first, null);
  await clock.elapse(1);
  assert.equal(ahead.commit([certain(3)], "process"), null, "its answer is 101 ms late");
  group.settle({ kind: "done" });
  await Promise.all([first, slow]);
  assert.equal(
    ahead.commit(
      Array.from({ length: 11 }, (_, n) => certain(n)),
      "process",
    ),
    null,
  );
});

test("where the log takes nothing the database is asked, and may refuse", async () => {
  const bench = new Bench();
  const { clock, group, ahead, sent } = bench;
  bench.isFull = true;
  const kept = ahead.commit([certain(1)], "process");
  await clock.elapse(0);
  assert.equal(sent.length, 1);
  group.settle({ kind: "done" });
  await kept;
  const refused = ahead.commit([certain(2)], "process");
  assert.ok(refused !== null);
  group.die(diskFull);
  await Promise.all([assert.rejects(refused, /disk full/u), clock.elapse(0)]);
});
