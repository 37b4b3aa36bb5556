import assert from "node:assert/strict";
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { openForReading, openForWriting } from "../database/open-database.ts";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import { Checkpointer } from "./checkpointer.ts";

const limits = {
  idleMs: 25,
  commitsPerLook: 1,
  softWalBytes: 200_000,
  hardWalBytes: 1_000_000,
  keptWalBytes: 50_000,
};

/** A disk that syncs when told. */
class ManualSync {
  readonly paths: string[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];

  readonly syncFile = (path: string): Promise<void> => {
    this.paths.push(path);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    return waiting.promise;
  };

  /** Ends the syncs under way, and lets what follows from that run. */
  async finish(error?: Error): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      if (error === undefined) resolve();
      else reject(error);
    }
    await new Promise((resolve) => process.nextTick(resolve));
  }
}

class Bench implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly path = this.#folder.file("test.db");
  readonly clock = new VirtualClock();
  readonly sync = new ManualSync();
  readonly database: DatabaseSync = openForWriting(this.path);
  readonly checkpointer: Checkpointer;

  constructor() {
    const { syncFile } = this.sync;
    this.checkpointer = new Checkpointer(this.database, this.clock, { ...limits, syncFile });
    this.database.exec("CREATE TABLE t (text TEXT)");
  }

  get fileBytes(): number {
    return statSync(this.path).size;
  }

  get walBytes(): number {
    return statSync(`${this.path}-wal`).size;
  }

  commitLittle(): void {
    this.database.exec("INSERT INTO t VALUES ('x')");
    this.checkpointer.committed();
  }

  /** Adds about 110 KiB to the log. */
  writeMuch(): void {
    this.database.exec("BEGIN");
    const insert = this.database.prepare("INSERT INTO t VALUES (?)");
    for (let n = 0; n < 100; n++) insert.run("x".repeat(1_000));
    this.database.exec("COMMIT");
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
    this.#folder[Symbol.dispose]();
  }
}

test("the log is synced and copied once nothing was written for the idle time", async () => {
  using bench = new Bench();
  for (let n = 0; n < 5; n++) {
    bench.commitLittle();
    bench.clock.advanceBy(24);
    assert.deepEqual(bench.sync.paths, [], "not while commits keep coming");
  }
  bench.clock.advanceBy(1);
  assert.deepEqual(bench.sync.paths, [`${bench.path}-wal`]);
  const before = bench.fileBytes;
  await bench.sync.finish();
  assert.ok(bench.fileBytes > before);
  assert.equal(bench.clock.pendingTimers, 0);
});

test("a log that could not be synced is copied all the same: SQLite syncs it then", async () => {
  using bench = new Bench();
  bench.commitLittle();
  bench.clock.advanceBy(25);
  const before = bench.fileBytes;
  await bench.sync.finish(new Error("EIO"));
  assert.ok(bench.fileBytes > before);
});

test("beyond the soft limit the log is copied although commits keep coming", async () => {
  using bench = new Bench();
  for (let n = 0; n < 40; n++) {
    bench.writeMuch();
    bench.checkpointer.committed();
    await bench.sync.finish();
    assert.ok(bench.walBytes < 2 * limits.softWalBytes, `${bench.walBytes}`);
  }
  assert.ok(bench.fileBytes > 3_000_000);
  assert.ok(bench.sync.paths.length >= 15 && bench.sync.paths.length <= 25);
});

test("the size of the log is looked at once in so many commits", async () => {
  using bench = new Bench();
  const { syncFile } = bench.sync;
  const options = { ...limits, commitsPerLook: 4, syncFile };
  const checkpointer = new Checkpointer(bench.database, bench.clock, options);
  for (let n = 1; n <= 7; n++) {
    bench.writeMuch();
    checkpointer.committed();
    assert.equal(bench.sync.paths.length, Math.floor(n / 4), `after ${n} commits`);
    await bench.sync.finish();
  }
});

test("one sync at a time, however long it takes; commits go on", async () => {
  using bench = new Bench();
  for (let n = 0; n < 6; n++) {
    bench.writeMuch();
    bench.checkpointer.committed();
  }
  bench.clock.advanceBy(1_000);
  assert.equal(bench.sync.paths.length, 1);
  await bench.sync.finish();
  bench.commitLittle();
  assert.ok(bench.walBytes <= limits.keptWalBytes, "it started anew");
});

test("a reader that holds the log back makes it grow, not the number of copies", async () => {
  using bench = new Bench();
  using reader = openForReading(bench.path);
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM t").get();
  for (let n = 0; n < 8; n++) {
    bench.writeMuch();
    bench.checkpointer.committed();
    await bench.sync.finish();
  }
  assert.ok(bench.walBytes > 3 * limits.softWalBytes);
  assert.ok(bench.sync.paths.length <= 4, `${bench.sync.paths.length} copies`);
  reader.exec("COMMIT");
  for (let n = 0; n < 4; n++) {
    bench.writeMuch();
    bench.checkpointer.committed();
    await bench.sync.finish();
  }
  assert.ok(bench.walBytes < 3 * limits.softWalBytes);
});

test("beyond the hard limit the log is emptied at once", () => {
  using bench = new Bench();
  for (let n = 0; n < 12; n++) bench.writeMuch();
  assert.ok(bench.walBytes > limits.hardWalBytes);
  bench.checkpointer.committed();
  assert.deepEqual([bench.walBytes, bench.sync.paths.length], [0, 0]);
});

test("a connection that was closed in the meantime is left alone", async () => {
  using bench = new Bench();
  bench.commitLittle();
  bench.clock.advanceBy(25);
  bench.database.close();
  await bench.sync.finish();
  bench.clock.advanceBy(1_000);
});

test("the default sync is one of the real file", async () => {
  using bench = new Bench();
  const checkpointer = new Checkpointer(bench.database, bench.clock);
  bench.commitLittle();
  const before = bench.fileBytes;
  checkpointer.committed();
  bench.clock.advanceBy(250);
  while (bench.fileBytes === before) await new Promise((resolve) => setImmediate(resolve));
});
