import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { Failure } from "../../failure/failure.ts";
import { SystemClock } from "../../time/system-clock.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { aheadMigrations, ownLog } from "../ahead/ahead-log.ts";
import { recoverAheadFiles } from "../ahead/recover-ahead.ts";
import { migrateFile } from "../database/migrate.ts";
import { openForWriting } from "../database/open-database.ts";
import { SqliteReader } from "../database/sqlite-reader.ts";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import { writerConformance } from "../writer-conformance.ts";
import { conformanceMaxWaiting, conformanceSchema, type WriterHarness } from "../writer-harness.ts";
import { SqliteWriter } from "./sqlite-writer.ts";

type Loss = WriterHarness["losses"][number];

/** One turn of the real event loop, in which the thread's answers arrive. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Moves virtual time in small steps until the promise, which a real thread decides, is settled. */
const settleWith = async <T>(clock: VirtualClock, promise: Promise<T>): Promise<T> => {
  let isSettled = false;
  const settled = promise.finally(() => (isSettled = true));
  settled.catch(() => undefined);
  while (!isSettled) {
    await clock.elapse(1);
    await turn();
  }
  return settled;
};

const unavailable = (error: unknown): boolean =>
  error instanceof Failure && error.code === "storage_unavailable";

const createFile = (path: string): void => {
  const sql = conformanceSchema;
  const tables = [...aheadMigrations, { number: 100, name: "conformance", sql }];
  migrateFile(path, tables, new VirtualClock());
};

writerConformance("SqliteWriter", async () => {
  const folder = new TemporaryFolder();
  const path = folder.file("test.db");
  createFile(path);
  const clock = new VirtualClock();
  const losses: Loss[] = [];
  const writer = await SqliteWriter.open({
    path,
    clock,
    maxWaitingWrites: conformanceMaxWaiting,
    onLoss: ({ code }, writes) => losses.push({ code, writes }),
  });
  await settleWith(clock, writer.goAhead(ownLog));
  const reader = SqliteReader.open(path);
  return {
    writer,
    reader,
    losses,
    settle: (promise) => settleWith(clock, promise),
    elapse: (durationMs) => clock.elapse(durationMs),
    async until(condition) {
      while (!condition()) await turn();
    },
    async [Symbol.asyncDispose]() {
      reader.close();
      await settleWith(clock, writer.close());
      folder[Symbol.dispose]();
    },
  };
});

test("opening a folder, or a file that is no database, is refused with a sentence", async () => {
  using folder = new TemporaryFolder();
  const noDatabase = folder.file("text.db");
  writeFileSync(
    noDatabase,
    "this is not a database, but it is long enough to be read as one".repeat(9),
  );
  for (const path of [folder.path, noDatabase]) {
    const options = { path, clock: new VirtualClock(), onLoss: () => undefined };
    await assert.rejects(SqliteWriter.open(options), (error: Error) => {
      assert.match(error.message, /^Cannot open .*: .*\(SQLite \d+\)$/u);
      return unavailable(error);
    });
  }
});

test("when the thread dies everything pending and later is refused, and closing ends", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  createFile(path);
  const started = once(process, "worker");
  const losses: Loss[] = [];
  const onLoss = ({ code }: { code: Loss["code"] }, writes: number): void => {
    losses.push({ code, writes });
  };
  const writer = await SqliteWriter.open({ path, clock: new SystemClock(), onLoss });
  const thread: unknown = (await started)[0];
  assert.ok(thread instanceof Worker);
  // Another connection holds the file, so that the batch cannot end before the thread does.
  const rival = openForWriting(path);
  rival.exec("BEGIN IMMEDIATE");
  const insert = { sql: "INSERT INTO entries (tag) VALUES (?)", params: [1] };
  const pending = assert.rejects(writer.commit([insert], "process"), unavailable);
  writer.enqueue([insert]);
  await turn();
  const exited = once(thread, "exit");
  void thread.terminate();
  rival.exec("ROLLBACK");
  rival.close();
  await Promise.all([pending, exited]);
  assert.equal(losses.length, 1);
  await assert.rejects(writer.commit([insert], "process"), /the writer thread ended/u);
  writer.enqueue([insert]);
  assert.equal(losses.length, 2);
  assert.equal(writer.isOpen, false);
  await writer.close();
});

test("two processes' writers share a file and wait for each other", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  createFile(path);
  const options = { path, clock: new SystemClock(), onLoss: () => assert.fail("lost") };
  await using first = await SqliteWriter.open(options);
  await using second = await SqliteWriter.open(options);
  const commits: Promise<void>[] = [];
  for (let n = 0; n < 200; n++) {
    const write = { sql: "INSERT INTO entries (tag) VALUES (?)", params: [n] };
    commits.push((n % 2 === 0 ? first : second).commit([write], "process"));
    if (n % 10 === 9) await turn();
  }
  await Promise.all(commits);
  using reader = SqliteReader.open(path);
  assert.deepEqual({ ...reader.get("SELECT count(*) AS n FROM entries") }, { n: 200 });
});

test("closing copies the log into the file and leaves nothing beside it", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  createFile(path);
  const onLoss = (): never => assert.fail("lost");
  const writer = await SqliteWriter.open({ path, clock: new SystemClock(), onLoss });
  await writer.commit([{ sql: "INSERT INTO entries (tag) VALUES (1)", params: [] }], "power");
  await writer.close();
  assert.deepEqual([existsSync(`${path}-wal`), existsSync(`${path}-shm`)], [false, false]);
});

const crashingWriter = join(import.meta.dirname, "../testing/crashing-writer.ts");

/** What the process printed, however it ended. */
const runCrashing = async (path: string, crashAt: number, ...rest: string[]): Promise<string> => {
  try {
    const args = [crashingWriter, path, String(crashAt), ...rest];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  } catch (error) {
    assert.ok(error instanceof Error && "signal" in error && "stdout" in error, String(error));
    assert.equal(error.signal, "SIGKILL", String(error));
    return String(error.stdout);
  }
};

test("SIM-11 killed at any step nothing acknowledged is lost, no commit halved", async () => {
  using folder = new TemporaryFolder();
  const whole = await runCrashing(folder.file("whole.db"), 0);
  const steps = Number(/^steps (\d+)$/mu.exec(whole)?.[1]);
  // Per batch: before begin, after each of two rows, before commit, after commit.
  assert.equal(steps, 3 * 5);
  for (let step = 1; step <= steps; step++) {
    const path = folder.file(`${step}.db`);
    const printed = await runCrashing(path, step);
    const acknowledged = printed.match(/acknowledged \d/gu)?.length ?? 0;
    assert.equal(acknowledged, Math.floor((step - 1) / 5), `step ${step}`);
    using reader = SqliteReader.open(path);
    const pairs = reader.all("SELECT n, count(*) AS halves FROM pairs GROUP BY n ORDER BY n");
    const isApplied = step % 5 === 0 ? 1 : 0;
    assert.equal(pairs.length, acknowledged + isApplied, `step ${step}`);
    assert.ok(pairs.every((pair) => pair["halves"] === 2));
  }
});

test("SIM-11 killed at any step nothing that went ahead is lost or doubled", async () => {
  using folder = new TemporaryFolder();
  const whole = await runCrashing(folder.file("whole.db"), 0, "ahead");
  const steps = Number(/^steps (\d+)$/mu.exec(whole)?.[1]);
  // Four for the row of the log, two for each of three blocks; then, in one batch or more, two
  // halves of each and how far the database is.
  assert.ok(steps >= 4 + 3 * 2 + 3 * 2 + 1 + 3, `${steps} steps`);
  for (const step of [2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, steps - 2, steps - 1, steps]) {
    const path = folder.file(`${step}.db`);
    const printed = await runCrashing(path, step, "ahead");
    assert.deepEqual([recoverAheadFiles(path), recoverAheadFiles(path)], [0, 0]);
    checkPairs(path, printed, step);
  }
});

test("SIM-11 whoever takes a log over may be killed at any step of it", async () => {
  using folder = new TemporaryFolder();
  const left = folder.file("left.db");
  // In the batch that gives the database the first of what was acknowledged.
  const printed = await runCrashing(left, 12, "ahead");
  const files = readdirSync(folder.path).filter((file) => file.startsWith("left.db"));
  const copyTo = (path: string): void => {
    for (const file of files) copyFileSync(folder.file(file), path + file.slice("left.db".length));
  };
  copyTo(folder.file("whole.db"));
  const whole = await runCrashing(folder.file("whole.db"), 0, "heir");
  const steps = Number(/^steps (\d+)$/mu.exec(whole)?.[1]);
  assert.equal(steps, 5);
  for (let step = 1; step <= steps; step += 1) {
    const path = folder.file(`heir-${step}.db`);
    copyTo(path);
    await runCrashing(path, step, "heir");
    assert.match(await runCrashing(path, 0, "heir"), /^lost 0$/mu);
    checkPairs(path, printed, step);
    const rest = readdirSync(folder.path).filter((file) => file.startsWith(`heir-${step}.db-a`));
    assert.deepEqual(rest, [], `step ${step}`);
  }
});

/** Every pair that was acknowledged is there whole, and at most one that was not. */
function checkPairs(path: string, printed: string, step: number): void {
  const acknowledged = printed.match(/acknowledged \d/gu)?.length ?? 0;
  using reader = SqliteReader.open(path);
  const pairs = reader.all("SELECT n, count(*) AS halves FROM pairs GROUP BY n ORDER BY n");
  const isWritten = pairs.length === acknowledged || pairs.length === acknowledged + 1;
  assert.ok(isWritten, `step ${step}: ${pairs.length} pairs of ${acknowledged}`);
  assert.ok(pairs.every((pair) => pair["halves"] === 2));
}
