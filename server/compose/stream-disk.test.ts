import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { hourOf, SqliteStreamStore } from "@sekisho/gateway/responses/store/sqlite.ts";
import type { StreamEnd, StreamHead } from "@sekisho/gateway/responses/stream-store.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { HourlyStreamFiles } from "./stream-files.ts";
import { StreamDisk } from "./stream-disk.ts";

// Nothing else of it is called.
const quiet = { info() {}, warn() {}, error() {} } as unknown as GatewayLog;
const hourMs = 3_600_000;

/** Answers of one size, none of them in a file. */
class Shelf {
  readonly clock = new VirtualClock();
  readonly metrics = new Metrics();
  running = 0;
  ended: string[] = [];
  readonly forgotten: string[] = [];
  /** The next one that is taken away is not. */
  fails = false;
  readonly disk: StreamDisk;

  constructor(limit: number) {
    const files = {
      usedBytes: () => this.running + this.ended.length,
      dropEmpty: () => Promise.resolve(),
      oldestEnded: (most: number) => this.ended.slice(0, Math.min(most, 4)),
      take: (id: string) => this.#take(id),
      forget: async (ids: readonly string[]) => void this.forgotten.push(...ids),
    };
    this.disk = new StreamDisk({
      files,
      limitBytes: limit,
      clock: this.clock,
      metrics: this.metrics,
      log: quiet,
    });
  }

  /** Once: the first is at the start, the others a second apart. */
  async look(): Promise<void> {
    await this.clock.elapse(999);
  }

  async #take(id: string): Promise<void> {
    const fails = this.fails;
    this.fails = false;
    if (fails) throw new Error("the disk is gone");
    assert.ok(this.forgotten.includes(id), "its name stands for nothing before it goes");
    this.ended = this.ended.filter((each) => each !== id);
  }
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

test("STR-8 those that ended first go first, and no more of them than must", async () => {
  const shelf = new Shelf(100);
  shelf.ended = numbered(100);
  await shelf.look();
  assert.equal(shelf.ended.length, 100, "at the limit nothing goes");
  shelf.ended = numbered(103);
  await shelf.look();
  assert.deepEqual(shelf.forgotten, numbered(8));
  assert.equal(shelf.ended.length, 95);
  assert.equal(shelf.disk.isFull, false);
});

test("STR-8 where those under way have everything nothing more is kept, until they end", async () => {
  const shelf = new Shelf(100);
  shelf.running = 101;
  shelf.ended = numbered(3);
  await shelf.look();
  assert.deepEqual(shelf.ended, []);
  assert.equal(shelf.running, 101, "none under way is taken away");
  assert.equal(shelf.disk.isFull, true);
  shelf.running = 50;
  await shelf.look();
  assert.equal(shelf.disk.isFull, false);
});

test("STR-8 what could not be taken away is taken away in a later look", async () => {
  const shelf = new Shelf(100);
  shelf.ended = numbered(110);
  shelf.fails = true;
  await shelf.look();
  assert.equal(shelf.disk.isFull, true, "more is kept than may be");
  await shelf.look();
  assert.equal(shelf.ended.length, 95);
  assert.equal(shelf.disk.isFull, false);
});

const end: StreamEnd = {
  code: null,
  costNanoUsd: 0,
  usage: null,
  region: "",
  firstTokenMs: 0,
  latencyMs: 0,
};

function folderOf(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "sekisho-disk-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("STR-8 an hour whose answers were all dropped leaves the disk", async (context) => {
  const path = folderOf(context);
  const clock = new SystemClock();
  const nowMs = clock.wallMs();
  const at = (wallMs: number) => new IdSource(new VirtualClock(wallMs), new SeededRandom(wallMs));
  await using files = new HourlyStreamFiles({ path, clock, log: quiet, keepHours: 24 });
  const store = new SqliteStreamStore(files, clock);
  const before = hourOf(nowMs) - 3;
  const keep = async (id: string, isOver: boolean): Promise<string> => {
    const facts = { model: "m", streamUsage: true, repeatedMembers: "", isStored: false };
    const head: StreamHead = {
      id,
      keyId: "key",
      tenant: "t",
      surface: "openai.chat",
      createdMs: nowMs,
      facts,
    };
    await store.open(head);
    const payload = Buffer.alloc(100_000, "x");
    await store.append(id, [{ seq: 0, kind: 1, payload }], isOver ? end : null);
    return id;
  };
  const old = at(before * hourMs);
  const first = await keep(old.newBody(), true);
  const second = await keep(old.newBody(), true);
  const running = await keep(at(nowMs).newBody(), false);
  assert.ok(files.usedBytes() > 300_000);

  assert.deepEqual(store.oldestEnded(1), [first]);
  await store.remove(first);
  await files.dropEmpty();
  assert.deepEqual(store.oldestEnded(9), [second]);
  await store.remove(second);
  assert.deepEqual(store.oldestEnded(9), [], "one under way is not among them");
  await files.dropEmpty();
  assert.ok(!readdirSync(path).some((name) => name.startsWith(`streams-${before}.db`)));
  assert.equal(store.find(second), null);
  assert.notEqual(store.find(running), null);
});
