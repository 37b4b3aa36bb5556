import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import {
  hourOf,
  SqliteStreamStore,
  type EndedAsked,
} from "@sekisho/gateway/responses/store/sqlite.ts";
import type { StreamEnd, StreamHead } from "@sekisho/gateway/responses/stream-store.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { HourlyStreamFiles } from "./stream-files.ts";
import { StreamDisk } from "./stream-disk.ts";

// Nothing else of it is called.
/** Nothing else of it is called. */
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
      oldestEnded: ({ count, bytes }: EndedAsked) =>
        this.ended.slice(0, Math.min(count, Math.ceil(bytes), 4)),
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

test("STR-8 nothing more is kept while those under way have everything", async () => {
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

/** Writer threads do not wait for a clock that stands. */
class LaterClock implements Clock {
  readonly #system = new SystemClock();
  #wallMs = 480_000 * hourMs;

  wallMs = (): number => this.#wallMs;
  monotonicMs = (): number => this.#system.monotonicMs();
  after = (delayMs: number, run: () => void): Timer => this.#system.after(delayMs, run);
  soon = (run: () => void): void => this.#system.soon(run);

  step(byMs: number): void {
    this.#wallMs += byMs;
  }
}

/** Answers in files of their hours. */
class Kept implements AsyncDisposable {
  readonly path: string;
  readonly clock = new LaterClock();
  readonly files: HourlyStreamFiles;
  readonly store: SqliteStreamStore;
  #seed = 0;

  constructor(context: TestContext) {
    this.path = folderOf(context);
    const { path, clock } = this;
    this.files = new HourlyStreamFiles({ path, clock, log: quiet, keepHours: 24 });
    this.store = new SqliteStreamStore(this.files, clock);
  }

  get hour(): number {
    return hourOf(this.clock.wallMs());
  }

  /** Of an answer that begins now. */
  newId(): string {
    this.clock.step(1);
    return new IdSource(this.clock, new SeededRandom((this.#seed += 1))).newBody();
  }

  open(id: string): Promise<void> {
    const facts = { model: "m", streamUsage: true, repeatedMembers: "", isStored: false };
    const createdMs = this.clock.wallMs();
    const of = { keyId: "key", tenant: "t", surface: "openai.chat" } as const;
    return this.store.open({ id, ...of, createdMs, facts } satisfies StreamHead);
  }

  async keep(isOver: boolean, bytes = 100_000): Promise<string> {
    const id = this.newId();
    await this.open(id);
    const entry = { seq: 0, kind: 1 as const, payload: Buffer.alloc(bytes, "x") };
    await this.store.append(id, [entry], isOver ? end : null);
    return id;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.files[Symbol.asyncDispose]();
  }
}

const all = { count: 99, bytes: Infinity };

test("STR-8 an hour whose answers were all dropped leaves the disk", async (context) => {
  await using kept = new Kept(context);
  const { clock, files, store, path } = kept;
  const before = kept.hour;
  const first = await kept.keep(true);
  const second = await kept.keep(true);
  clock.step(hourMs);
  const running = await kept.keep(false);
  assert.ok(files.usedBytes() > 300_000);

  assert.deepEqual(store.oldestEnded({ count: 9, bytes: 1 }), [first]);
  await store.remove(first);
  await files.dropEmpty();
  assert.deepEqual(store.oldestEnded(all), [second]);
  await store.remove(second);
  assert.deepEqual(store.oldestEnded(all), [], "one under way is not among them");
  await files.dropEmpty();
  assert.ok(!readdirSync(path).some((name) => name.startsWith(`streams-${before}.db`)));
  assert.equal(store.find(second), null);
  assert.notEqual(store.find(running), null);
});

test("STR-8 an answer of an hour that is just being dropped is kept", async (context) => {
  await using kept = new Kept(context);
  const { clock, files, store } = kept;
  await store.remove(await kept.keep(true));
  // Its request was read for so long.
  const id = kept.newId();
  clock.step(hourMs);
  const dropping = files.dropEmpty();
  const opened = kept.open(id);
  await Promise.all([dropping, opened]);
  await store.append(id, [{ seq: 0, kind: 1, payload: Buffer.from("said") }], end);
  assert.equal(store.find(id)?.nextSeq, 1);
  assert.deepEqual(store.oldestEnded(all), [id]);
  await store.remove(id);
  await files.dropEmpty();
  assert.deepEqual(files.hours(), []);
});

test("STR-8 the file of an hour that is over shrinks with what is dropped", async (context) => {
  const kept = new Kept(context);
  const { clock, files, store, path } = kept;
  const file = join(path, `streams-${kept.hour}.db`);
  const ids: string[] = [];
  for (let count = 0; count < 10; count += 1) ids.push(await kept.keep(true));
  clock.step(hourMs);
  const oldest = store.oldestEnded({ count: 99, bytes: 450_000 });
  assert.deepEqual([...oldest].sort(), ids.slice(0, 5).sort(), "no more than must");
  for (const id of oldest) await store.remove(id);
  assert.ok(files.usedBytes() > 500_000 && files.usedBytes() < 600_000);
  assert.equal(store.read(ids.at(-1) ?? "", 0).length, 1);
  await kept[Symbol.asyncDispose]();
  assert.ok(statSync(file).size < 600_000, "it has given the rest back");
});
