import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import type { StorageError } from "../storage-failure.ts";
import type { Write } from "../writer.ts";
import type { Batch, BatchOutcome } from "./batch.ts";
import { GroupCommit } from "./group-commit.ts";

const write = (n: number): Write => ({ sql: "INSERT INTO t VALUES (?)", params: [n] });

const add = (key: string, amount: number): Write => ({
  sql: "UPSERT",
  params: [key, amount],
  fold: { key, from: 1 },
});

const diskFull: StorageError = { code: "storage_unavailable", message: "disk full" };
const conflict: StorageError = { code: "storage_conflict", message: "UNIQUE" };
const done: BatchOutcome = { kind: "done" };

class Bench {
  readonly clock = new VirtualClock();
  readonly sent: Batch[] = [];
  readonly lost: number[] = [];
  readonly group: GroupCommit = new GroupCommit({
    clock: this.clock,
    send: (batch) => this.sent.push(batch),
    onLoss: (_failure, writeCount) => this.lost.push(writeCount),
  });

  /** The rows of the latest batch: the first parameter of each. */
  get rows(): unknown[] {
    const { rows } = this.sent.at(-1) ?? { rows: [] };
    const firsts: unknown[] = [];
    for (let at = 0; at < rows.length; at += 2 + Number(rows[at + 1])) firsts.push(rows[at + 2]);
    return firsts;
  }
}

test("the writes of one turn are one batch, sent at its end", async () => {
  const { clock, group, sent } = new Bench();
  const commits = [1, 2, 3].map((n) => group.commit([write(n)], "process"));
  assert.equal(sent.length, 0);
  await clock.elapse(0);
  assert.deepEqual(
    sent.map(({ rows }) => rows),
    [[0, 1, 1, 0, 1, 2, 0, 1, 3]],
  );
  group.settle(done);
  await Promise.all(commits);
});

test("what comes while a batch is under way leaves when it is answered", async () => {
  const bench = new Bench();
  const { clock, group, sent } = bench;
  const first = group.commit([write(1)], "process");
  await clock.elapse(0);
  const others = [2, 3].map((n) => group.commit([write(n)], "process"));
  await clock.elapse(1_000);
  assert.equal(sent.length, 1);
  group.settle(done);
  assert.deepEqual([sent.length, bench.rows], [2, [2, 3]]);
  group.settle(done);
  await Promise.all([first, ...others]);
});

test("RTE-17 the age of the oldest commit is told, and what is owed has none", async () => {
  const { clock, group } = new Bench();
  group.enqueue([write(1)]);
  clock.advanceBy(10);
  assert.equal(group.oldestWaitMs, 0);
  const first = group.commit([write(2)], "process");
  clock.advanceBy(0);
  clock.advanceBy(300);
  const second = group.commit([write(3)], "process");
  clock.advanceBy(100);
  assert.equal(group.oldestWaitMs, 400);
  group.settle(done);
  await first;
  assert.equal(group.oldestWaitMs, 100);
  group.settle(done);
  await second;
  assert.equal(group.oldestWaitMs, 0);
  await group.close();
});

test("an answer alone does not send enqueued writes that may still wait", async () => {
  const { clock, group, sent } = new Bench();
  const commit = group.commit([write(1)], "process");
  await clock.elapse(0);
  group.enqueue([write(2)]);
  group.settle(done);
  await commit;
  assert.equal(sent.length, 1);
  await clock.elapse(20);
  assert.equal(sent.length, 2);
});

test("a batch takes the strongest level in it", async () => {
  const { clock, group, sent } = new Bench();
  const levels = ["process", "power", "process"] as const;
  const commits = levels.map((level, n) => group.commit([write(n)], level));
  await clock.elapse(0);
  group.settle(done);
  commits.push(group.commit([write(9)], "process"));
  await clock.elapse(0);
  group.settle(done);
  await Promise.all(commits);
  assert.deepEqual(
    sent.map(({ durability }) => durability),
    ["power", "process"],
  );
});

test("a statement's text is sent once", async () => {
  const { clock, group, sent } = new Bench();
  for (let n = 0; n < 3; n++) {
    const commit = group.commit([write(n), add("a", 1)], "process");
    await clock.elapse(0);
    group.settle(done);
    await commit;
  }
  assert.deepEqual(
    sent.map(({ newStatements }) => newStatements),
    [["INSERT INTO t VALUES (?)", "UPSERT"], [], []],
  );
});

test("a batch is cut at 2,048 writes, between calls and never inside one", async () => {
  const { clock, group, sent } = new Bench();
  const sizes = [2_000, 48, 1, 3_000, 5];
  const commits = sizes.map((size) =>
    group.commit(
      Array.from({ length: size }, (_, n) => write(n)),
      "process",
    ),
  );
  await clock.elapse(0);
  for (let n = 0; n < 4; n++) group.settle(done);
  await Promise.all(commits);
  assert.deepEqual(
    sent.map(({ rows }) => rows.length / 3),
    [2_048, 1, 3_000, 5],
  );
});

test("a failed statement sends the batch again, apart and unfolded", async () => {
  const bench = new Bench();
  const { clock, group, sent } = bench;
  const good = group.commit([add("a", 1)], "process");
  const guilty = group.commit([add("a", 2), write(7)], "process");
  await clock.elapse(0);
  assert.deepEqual(bench.rows, ["a", 7]);
  group.settle({ kind: "statement_failed", error: conflict });
  assert.deepEqual([sent.length, bench.rows, sent[1]?.rowsOfUnit], [2, ["a", "a", 7], [1, 2]]);
  group.settle({ kind: "done_except", failed: [{ unit: 1, error: conflict }] });
  await good;
  await assert.rejects(guilty, { message: "Cannot commit 2 writes: UNIQUE", code: conflict.code });
});

test("after a failed transaction enqueued writes go again, before later ones", async () => {
  const bench = new Bench();
  const { clock, group } = bench;
  group.enqueue([write(1)]);
  await clock.elapse(20);
  const refused = assert.rejects(group.commit([write(2)], "process"), { code: diskFull.code });
  for (const rows of [[1], [2]]) {
    assert.deepEqual(bench.rows, rows);
    group.settle({ kind: "transaction_failed", error: diskFull });
  }
  await refused;
  group.enqueue([write(3)]);
  await clock.elapse(250);
  assert.deepEqual(bench.rows, [1, 3]);
  group.settle(done);
  assert.deepEqual(bench.lost, []);
});

test("commits and enqueued writes share a batch when there are too many of both", async () => {
  const { clock, group, sent } = new Bench();
  const many = (first: number): Write[][] =>
    Array.from({ length: 2_000 }, (_, n) => [write(first + n)]);
  for (const writes of many(10_000)) group.enqueue(writes);
  const commits = many(0).map((writes) => group.commit(writes, "process"));
  await clock.elapse(0);
  for (let n = 0; n < 2; n++) group.settle(done);
  await Promise.all(commits);
  const owed = sent.map(({ rows }) => rows.filter((value) => Number(value) >= 10_000).length);
  assert.deepEqual(owed, [1_024, 976]);
});

test("what has gathered leaves at once, also where it is more than 1,024 writes", async () => {
  const { clock, group, sent } = new Bench();
  for (let n = 0; n < 345; n++) group.enqueue([write(n), write(n), write(n)]);
  await clock.elapse(0);
  group.settle(done);
  await clock.elapse(30);
  assert.deepEqual(
    sent.map(({ rows }) => rows.length / 3),
    [1_035],
  );
});

test("dying refuses what is under way and what waits, and reports what nobody awaits", async () => {
  const { clock, group, lost } = new Bench();
  const underWay = group.commit([write(1)], "process");
  await clock.elapse(0);
  const waiting = group.commit([write(2)], "process");
  group.enqueue([write(3), write(4)]);
  const flush = group.flush();
  group.die(diskFull);
  for (const promise of [underWay, waiting, flush, group.flush()]) {
    await assert.rejects(promise, { code: "storage_unavailable" });
  }
  group.settle(done);
  group.enqueue([write(5)]);
  await group.close();
  assert.deepEqual(lost, [2, 1]);
  await clock.elapse(1_000);
});
