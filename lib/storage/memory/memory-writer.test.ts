import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../random/seeded-random.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { aheadMigrations, ownLog } from "../ahead/ahead-log.ts";
import { migrate } from "../database/migrate.ts";
import type { StorageError } from "../storage-failure.ts";
import { writerConformance } from "../writer-conformance.ts";
import { conformanceMaxWaiting, conformanceSchema, type WriterHarness } from "../writer-harness.ts";
import type { Write } from "../writer.ts";
import { recoverDisk } from "./memory-ahead-log.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { MemoryWriter } from "./memory-writer.ts";

type Loss = WriterHarness["losses"][number];

writerConformance("MemoryWriter", async () => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, aheadMigrations, clock);
  disk.database.exec(conformanceSchema);
  const losses: Loss[] = [];
  const writer = new MemoryWriter({
    disk,
    clock,
    maxWaitingWrites: conformanceMaxWaiting,
    onLoss: ({ code }, writes) => losses.push({ code, writes }),
  });
  await Promise.all([writer.goAhead(ownLog), clock.elapse(1)]);
  return {
    writer,
    losses,
    reader: disk.openReader(),
    settle: async (promise) => {
      await clock.elapse(1_000);
      return promise;
    },
    elapse: (durationMs) => clock.elapse(durationMs),
    until: async (condition) => {
      await clock.elapse(1);
      assert.ok(condition());
    },
    async [Symbol.asyncDispose]() {
      const closed = writer.close();
      await clock.elapse(1_000);
      await closed;
    },
  };
});

interface Machine {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly losses: Loss[];
  readonly start: () => MemoryWriter;
  /** One that goes ahead, after whoever did before it. */
  readonly startAhead: (name?: string) => Promise<MemoryWriter>;
  readonly rows: () => number[];
}

const boot = (): Machine => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, aheadMigrations, clock);
  disk.database.exec("CREATE TABLE rows (n INTEGER PRIMARY KEY) STRICT");
  const losses: Loss[] = [];
  const onLoss = ({ code }: { code: Loss["code"] }, writes: number): void => {
    losses.push({ code, writes });
  };
  const start = (): MemoryWriter => new MemoryWriter({ disk, clock, onLoss, latencyMs: () => 2 });
  return {
    clock,
    disk,
    losses,
    start,
    async startAhead(name = "a") {
      recoverDisk(disk);
      const writer = start();
      await Promise.all([writer.goAhead(name), clock.elapse(5)]);
      return writer;
    },
    rows: () =>
      disk
        .openReader()
        .all("SELECT n FROM rows ORDER BY n")
        .map(({ n }) => Number(n)),
  };
};

const row = (n: number): Write => ({ sql: "INSERT INTO rows VALUES (?)", params: [n] });
const diskFull: StorageError = { code: "storage_unavailable", message: "disk full" };

test("a batch is applied half-way through its latency and answered at its end", async () => {
  const { clock, start, rows } = boot();
  const writer = start();
  let isDone = false;
  const commit = writer.commit([row(1)], "process").then(() => (isDone = true));
  await clock.elapse(0.9);
  assert.deepEqual([rows(), isDone], [[], false]);
  await clock.elapse(0.2);
  assert.deepEqual([rows(), isDone], [[1], false]);
  await clock.elapse(0.9);
  assert.equal(isDone, true);
  await commit;
});

test("a paused writer applies nothing and loses nothing", async () => {
  const { clock, start, rows } = boot();
  const writer = start();
  writer.pause();
  const commits = [writer.commit([row(1)], "process"), writer.commit([row(2)], "power")];
  await clock.elapse(60_000);
  assert.deepEqual(rows(), []);
  writer.resume();
  await clock.elapse(10);
  await Promise.all(commits);
  assert.deepEqual(rows(), [1, 2]);
});

test("while transactions fail commits are refused and enqueued writes wait", async () => {
  const { clock, start, rows, losses } = boot();
  const writer = start();
  writer.failWith(diskFull);
  writer.enqueue([row(1)]);
  const refused = assert.rejects(writer.commit([row(2)], "process"), {
    code: "storage_unavailable",
  });
  writer.enqueue([row(3)]);
  await clock.elapse(10);
  await refused;
  const unflushed = assert.rejects(writer.flush(), { code: "storage_unavailable" });
  await clock.elapse(5_000);
  await unflushed;
  assert.deepEqual(rows(), []);
  writer.failWith(null);
  await clock.elapse(300);
  assert.deepEqual([rows(), losses], [[1, 3], []]);
});

test("enqueued writes that still wait when the writer closes are reported lost", async () => {
  const { clock, start, losses } = boot();
  const writer = start();
  writer.failWith(diskFull);
  writer.enqueue([row(1), row(2)]);
  const closed = writer.close();
  await clock.elapse(10);
  await closed;
  assert.deepEqual(losses, [{ code: "storage_unavailable", writes: 2 }]);
});

test("a conflict of the whole transaction is never tried again", async () => {
  const { clock, start, losses } = boot();
  const writer = start();
  writer.failWith({ code: "storage_conflict", message: "deferred foreign key" });
  writer.enqueue([row(1)]);
  await clock.elapse(1_000);
  assert.deepEqual(losses, [{ code: "storage_conflict", writes: 1 }]);
});

test("MON-10 a crash keeps what was acknowledged, and a batch whole or not at all", async () => {
  for (const [crashAtMs, expected] of [
    [2.5, [1]],
    [3.5, [1, 2, 3]],
  ] as const) {
    const { clock, start, rows, losses } = boot();
    const writer = start();
    await Promise.all([writer.commit([row(1)], "process"), clock.elapse(2)]);
    let answered = 0;
    for (const n of [2, 3]) void writer.commit([row(n)], "process").finally(() => (answered += 1));
    await clock.elapse(crashAtMs - clock.monotonicMs());
    void writer.commit([row(4)], "process").finally(() => (answered += 1));
    writer.enqueue([row(5)]);
    writer.crash();
    void writer.commit([row(6)], "process").finally(() => (answered += 1));
    await clock.elapse(10_000);
    assert.deepEqual([rows(), answered, losses], [expected, 0, []]);
  }
});

test("after a crash another writer goes on with the same disk", async () => {
  const { clock, start, rows } = boot();
  const first = start();
  void first.commit([row(1)], "process");
  await clock.elapse(1.5);
  first.crash();
  const second = start();
  const commit = second.commit([row(2)], "process");
  await clock.elapse(5);
  await commit;
  assert.deepEqual(rows(), [1, 2]);
});

const certain = (n: number): Write => ({ ...row(n), isCertain: true });

test("MON-10 what went ahead of a database is there after a crash", async () => {
  for (const crashAtMs of [0, 10, 21, 22, 30]) {
    const { clock, startAhead, rows, losses } = boot();
    const first = await startAhead();
    await Promise.all([first.commit([certain(1)], "process"), clock.elapse(0)]);
    await clock.elapse(crashAtMs);
    void first.commit([certain(2)], "process");
    first.crash();
    await clock.elapse(50);
    const second = await startAhead();
    assert.deepEqual([rows(), losses], [[1], []], `${crashAtMs} ms`);
    await Promise.all([second.commit([certain(3)], "process"), clock.elapse(30)]);
    assert.deepEqual(rows(), [1, 3]);
  }
});

test("a power cut takes what went ahead of the database", async () => {
  const { clock, disk, startAhead, rows } = boot();
  const first = await startAhead();
  await Promise.all([first.commit([certain(1)], "process"), clock.elapse(0)]);
  first.crash();
  disk.losePower(new SeededRandom(1));
  await startAhead("b");
  assert.deepEqual(rows(), []);
});

test("MON-10 a process takes over what another has kept, nothing of later", async () => {
  const { clock, start, startAhead, rows, losses } = boot();
  const first = await startAhead();
  await Promise.all([first.commit([certain(1)], "process"), clock.elapse(0)]);
  const heir = start();
  const [lost] = await Promise.all([heir.takeOver("a"), clock.elapse(5)]);
  assert.deepEqual([lost, rows()], [0, [1]]);
  await clock.elapse(30);
  // What the heir has applied is not applied again, and its process cannot know that.
  assert.deepEqual([rows(), losses], [[1], [{ code: "storage_conflict", writes: 2 }]]);
  await Promise.all([first.commit([certain(2)], "process"), clock.elapse(5)]);
  assert.deepEqual(rows(), [1, 2], "by the database itself");
});

test("a log is not taken over while the database refuses, but later", async () => {
  const { clock, start, startAhead, rows } = boot();
  const first = await startAhead();
  await Promise.all([first.commit([certain(1)], "process"), clock.elapse(0)]);
  first.crash();
  const heir = start();
  heir.failWith(diskFull);
  const refused = assert.rejects(heir.takeOver("a"), { code: "storage_unavailable" });
  await Promise.all([refused, clock.elapse(5)]);
  heir.failWith(null);
  heir.pause();
  const taken = heir.takeOver("a");
  await clock.elapse(60_000);
  assert.deepEqual(rows(), []);
  heir.resume();
  await Promise.all([taken, clock.elapse(5)]);
  assert.deepEqual(rows(), [1]);
});

/** Commits rows one after another; the level and how long to wait before the next. */
const commitAll = async (
  { clock, start }: Machine,
  commits: readonly (readonly [level: "process" | "power", gapMs: number])[],
): Promise<MemoryWriter> => {
  const writer = start();
  for (const [n, [level, gapMs]] of commits.entries()) {
    const commit = writer.commit([row(n)], level);
    await clock.elapse(2);
    await commit;
    await clock.elapse(gapMs);
  }
  return writer;
};

test("a power cut takes the newest commits at process durability, never one at power", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const machine = boot();
    const writer = await commitAll(machine, [
      ["process", 0],
      ["power", 0],
      ["process", 0],
      ["process", 0],
    ]);
    assert.equal(machine.disk.unsynced, 2);
    writer.crash();
    const lost = machine.disk.losePower(new SeededRandom(seed));
    assert.equal(machine.rows().length, 4 - lost);
    seen.add(machine.rows().join());
  }
  assert.deepEqual([...seen].sort(), ["0,1", "0,1,2", "0,1,2,3"]);
});

test("a commit older than the write-back time survives a power cut", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const machine = boot();
    const writer = await commitAll(machine, [
      ["process", 1_000],
      ["process", 0],
    ]);
    writer.crash();
    machine.disk.losePower(new SeededRandom(seed));
    assert.equal(machine.rows()[0], 0);
  }
});

test("a thousand unsafe commits are the most that one power cut takes", async () => {
  const machine = boot();
  const writer = machine.start();
  for (let n = 0; n < 1_050; n++) {
    const commit = writer.commit([row(n)], "process");
    machine.clock.advanceBy(0.5);
    machine.clock.advanceBy(0.5);
    await machine.clock.elapse(1);
    await commit;
    assert.ok(machine.disk.unsynced <= 1_000);
  }
});
