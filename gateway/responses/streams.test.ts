import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { EntryReader } from "@sekisho/lib/event-log/entry-reader.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { FoundStream } from "./found-stream.ts";
import { Response } from "./response.ts";
import { MemoryStreamDisk, MemoryStreamFiles } from "./store/memory-files-fixture.ts";
import { RecentStreamStore } from "./store/recent.ts";
import { SqliteStreamStore } from "./store/sqlite.ts";
import { Streams, type StreamLimits } from "./streams.ts";

const limits: StreamLimits = { graceMs: 10_000, keepMs: 600_000, keptBytes: 1_000_000 };
const deaf = { published() {}, seq: Infinity };

class World {
  readonly clock = new VirtualClock();
  readonly disk = new MemoryStreamDisk(this.clock);
  readonly ids = new IdSource(this.clock, new SeededRandom(1));
  files = new MemoryStreamFiles(this.disk, this.clock);
  readonly lost: unknown[] = [];
  readonly cancelled: string[] = [];
  readonly #keptBytes: number;
  streams: Streams;

  constructor(keptBytes = limits.keptBytes) {
    this.#keptBytes = keptBytes;
    this.streams = this.#start();
  }

  begin(ownGraceMs: number | null = null, input: readonly object[] = []) {
    const id = this.ids.newBody();
    const response = new Response(id, () => {});
    response.cancelledBy((cause) => {
      this.cancelled.push(cause);
      response.fail(new Failure<Code>(cause, codes[cause].meaning), null);
    });
    const head = {
      id,
      keyId: "key_1",
      tenant: "t",
      surface: "openai.chat" as const,
      createdMs: this.clock.wallMs(),
      facts: {
        model: "m",
        streamUsage: true,
        repeatedMembers: "",
        isStored: false,
        kept: { isBackground: false, previous: null, input },
      },
    };
    return { id, response, stream: this.streams.record(response, head, ownGraceMs) };
  }

  /** Lets the store do what it was asked for. */
  async settle(ms = 200): Promise<void> {
    for (let n = 0; n < 20; n += 1) {
      this.clock.advanceBy(ms / 20);
      await new Promise<void>((resolve) => queueMicrotask(resolve));
    }
  }

  async restart(): Promise<number> {
    this.files.crash();
    this.files = new MemoryStreamFiles(this.disk, this.clock);
    this.streams = this.#start();
    const store = new SqliteStreamStore(this.files, this.clock);
    const recovered = store.recover({
      last: { type: "error", code: "stream_interrupted", message: "died", retryAfterMs: null },
      end: {
        code: "stream_interrupted",
        costNanoUsd: null,
        usage: null,
        region: "",
        firstTokenMs: 0,
        latencyMs: 0,
      },
      bootedWallMs: 0,
    });
    await this.settle();
    return recovered;
  }

  #start(): Streams {
    return new Streams({
      store: new RecentStreamStore(new SqliteStreamStore(this.files, this.clock), this.clock),
      clock: this.clock,
      wheel: new TimerWheel(this.clock),
      limits: { ...limits, keptBytes: this.#keptBytes },
      lost: (_id, why) => this.lost.push(why),
    });
  }
}

const say = (response: Response, text: string): void => {
  response.log.appendEvent({ type: "text", text }, entryKind.content);
  response.log.publish();
};

const textOf = (payload: CanonicalEvent | Buffer): string => {
  if (Buffer.isBuffer(payload)) return payload.toString();
  return payload.type === "text" ? payload.text : `<${payload.type}>`;
};

const read = ({ log }: Pick<FoundStream, "log">, from = 0): string => {
  const reader = new EntryReader(log, deaf, from);
  let text = "";
  for (let entry = reader.take(); entry !== undefined; entry = reader.take()) {
    text += textOf(entry.payload);
  }
  reader.close();
  return text;
};

test("STR-2 nothing can be read before it is kept", async () => {
  const world = new World();
  const { id, response } = world.begin();
  say(response, "a");
  assert.equal(read(world.streams.find(id, "key_1")), "");
  await world.settle();
  assert.equal(read(world.streams.find(id, "key_1")), "a");
});

test("STR-2 what was delivered is there after a crash, then a typed error", async () => {
  const world = new World();
  const { id, response } = world.begin();
  for (const text of ["a", "b", "c"]) {
    say(response, text);
    await world.settle();
  }
  say(response, "not delivered");
  assert.equal(await world.restart(), 1);
  const found = world.streams.find(id, "key_1");
  assert.equal(read(found), "abc<error>");
  assert.equal(found.end?.code, "stream_interrupted");
  assert.equal(found.log.ended, true);
  assert.equal(await world.restart(), 0);
});

/** 180 KB in 200 entries. */
async function sayMuch(world: World, response: Response, count = 200): Promise<string> {
  let said = "";
  for (let n = 0; n < count; n += 1) {
    const text = `${n} ${"x".repeat(900)} `;
    said += text;
    say(response, text);
    if (n % 10 === 0) await world.settle();
  }
  await world.settle();
  return said;
}

test("STR-2 readers come from memory and store alike, from any place", async () => {
  const world = new World();
  const { id, response, stream } = world.begin();
  const leave = stream.log.watch(deaf);
  const said = await sayMuch(world, response);
  assert.ok(stream.log.heldBytes <= 16 * 1_024);
  const found = world.streams.find(id, "key_1");
  for (const from of [0, 1, 99, 199, 200]) {
    const at = from === 200 ? said.length : said.indexOf(`${from} x`);
    assert.equal(read(found, from), said.slice(at));
  }
  leave();
  // Without a reader nothing of it stays in memory.
  say(response, "more");
  await world.settle();
  assert.equal(stream.log.heldBytes, 0);
  assert.equal(read(found), `${said}more`);
});

test("STR-8 beyond its bound an answer goes on, and who is far behind loses nothing", async () => {
  const world = new World(100_000);
  const { id, response, stream } = world.begin();
  const far = new EntryReader(stream.log, deaf, 0);
  const said = await sayMuch(world, response);
  assert.deepEqual(world.lost, ["full"]);
  // What it has not got and the store has not either waits: the producer with it.
  assert.ok(stream.log.heldBytes <= 80_000, `${stream.log.heldBytes} bytes`);
  let had = "";
  while (had.length < said.length) {
    const entry = far.take();
    if (entry === undefined) await world.settle();
    else had += textOf(entry.payload);
    assert.equal(far.isLost, false);
  }
  assert.equal(had, said);
  // Nobody needs the store for it any more, and nobody else comes.
  await world.settle();
  assert.equal(stream.log.isKept, false);
  const late = new EntryReader(stream.log, deaf, 0);
  assert.equal(late.take(), undefined);
  assert.equal(late.isLost, true);
  late.close();
  say(response, "the end");
  response.fail(new Failure<Code>("internal", "x"), null);
  await world.settle();
  const [last] = stream.log.page(far.seq);
  assert.equal(last === undefined ? "" : textOf(last.payload), "the end");
  assert.equal(world.streams.running, 0);
  assert.throws(() => world.streams.find(id, "key_1"), { code: "not_found" });
  far.close();
});

test("STR-8 who is behind when an over-long answer ends reads it to its end", async () => {
  const world = new World(50_000);
  const { id, response, stream } = world.begin();
  const reader = new EntryReader(stream.log, deaf, 0);
  const said = await sayMuch(world, response, 60);
  response.fail(new Failure<Code>("internal", "x"), null);
  await world.settle();
  assert.equal(world.streams.running, 0);
  assert.throws(() => world.streams.find(id, "key_1"), { code: "stream_expired" });
  assert.equal(world.streams.recall(id), null);
  let had = "";
  for (let entry = reader.take(); entry !== undefined; entry = reader.take()) {
    if (entry.kind !== entryKind.terminal) had += textOf(entry.payload);
    await world.settle();
  }
  assert.equal(had, said);
  assert.equal(reader.atEnd, true);
  reader.close();
  await world.settle();
  assert.throws(() => world.streams.find(id, "key_1"), { code: "not_found" });
});

test("STR-8 what was asked counts too: a request that is too long is not kept", async () => {
  const world = new World(100_000);
  const { id, response, stream } = world.begin(null, [{ text: "x".repeat(100_001) }]);
  say(response, "a");
  await world.settle();
  await assert.rejects(stream.kept, { code: "payload_too_large" });
  assert.equal(read(stream.found), "a");
  response.fail(new Failure<Code>("internal", "x"), null);
  await world.settle();
  assert.throws(() => world.streams.find(id, "key_1"), { code: "not_found" });
});

test("STR-6 the grace runs from the leave of the last reader", async () => {
  const world = new World();
  const { response, stream } = world.begin();
  const [first, second] = [stream.attach(), stream.attach()];
  first();
  world.clock.advanceBy(60_000);
  second();
  second();
  world.clock.advanceBy(9_000);
  const third = stream.attach();
  world.clock.advanceBy(60_000);
  assert.deepEqual(world.cancelled, []);
  third();
  world.clock.advanceBy(10_030);
  assert.deepEqual(world.cancelled, ["client_closed"]);
  assert.equal(response.isOver, true);
});

for (const ownGraceMs of [0, 60_000]) {
  test(`STR-6 a grace of ${ownGraceMs} ms of its own stands in the place of the usual`, () => {
    const world = new World();
    const { stream } = world.begin(ownGraceMs);
    stream.attach()();
    world.clock.advanceBy(Math.max(0, ownGraceMs - 1));
    assert.deepEqual(world.cancelled, []);
    world.clock.advanceBy(31);
    assert.deepEqual(world.cancelled, ["client_closed"]);
  });
}

test("STR-6 cancel keeps what was said, and says that it was cancelled", async () => {
  const world = new World();
  const { id, response, stream } = world.begin();
  response.commit({ target: { region: "r" } as never, attempts: 1, dropped: [] });
  say(response, "so far");
  assert.equal(stream.cancel(), true);
  assert.equal(stream.cancel(), false);
  await world.settle();
  assert.equal(read(world.streams.find(id, "key_1")), "so far<finish>");
  assert.equal(world.streams.running, 0);
});

test("STR-5 of another key or unknown: the same failure; expired: another", async () => {
  const world = new World();
  const { id, response } = world.begin();
  response.fail(new Failure<Code>("internal", "x"), null);
  await world.settle();
  const codeOf = (find: () => unknown): string => {
    try {
      find();
      return "found";
    } catch (error) {
      return error instanceof Failure ? `${error.code} ${error.message}` : "no failure";
    }
  };
  const missing = world.ids.newBody();
  const said = (asked: string, key: string): string =>
    codeOf(() => world.streams.find(asked, key)).replaceAll(asked, "ID");
  assert.equal(said(id, "key_1"), "found");
  assert.equal(said(id, "key_2"), said(missing, "key_1"));
  assert.match(said("no id", "key_1"), /^not_found/);
  world.clock.advanceBy(600_100);
  assert.match(said(id, "key_1"), /^stream_expired/);
  assert.match(said(id, "key_2"), /^not_found/);
});

test("STR-2 where the store fails the answer goes on without it", async () => {
  const world = new World();
  const { id, response, stream } = world.begin();
  say(response, "a");
  await world.settle();
  world.files.fail();
  say(response, "b");
  await world.settle();
  assert.equal(stream.log.isKept, false);
  assert.equal(read(stream.found, 1), "b");
  say(response, "c");
  assert.equal(read(stream.found, 2), "c");
  response.fail(new Failure<Code>("internal", "x"), null);
  await world.settle();
  assert.equal(stream.log.ended, true);
  assert.equal(world.lost.length > 0, true);
  assert.equal(world.streams.running, 0);
  assert.equal(id.length, 26);
});

test("STR-2 the first entry is kept at once, later ones at the next tick of 50 ms", async () => {
  const world = new World();
  const { id, response } = world.begin();
  say(response, "first at once");
  await world.settle(10);
  say(response, ", then later");
  await world.settle(20);
  assert.equal(read(world.streams.find(id, "key_1")), "first at once");
  await world.settle(60);
  assert.equal(read(world.streams.find(id, "key_1")), "first at once, then later");
});

test("STR-8 no answer is recorded while the disk's share is full, nor paid", async () => {
  const { clock, files } = new World();
  const room = { isFull: true };
  const streams = new Streams({
    store: new SqliteStreamStore(files, clock),
    clock,
    wheel: new TimerWheel(clock),
    limits,
    isFull: () => room.isFull,
    lost: () => {},
  });
  const facts = { model: "m", streamUsage: true, repeatedMembers: "", isStored: false };
  const surface = "openai.chat" as const;
  const id = new IdSource(clock, new SeededRandom(2)).newBody();
  const head = { id, keyId: "key_1", tenant: "t", surface, createdMs: clock.wallMs(), facts };
  await assert.rejects(streams.prepare(head), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, "overloaded");
    assert.equal(error.details.retryAfterMs, 5_000);
    return true;
  });
  assert.equal(streams.recall(id), null);
  room.isFull = false;
  const prepared = streams.prepare(head);
  await clock.elapse(1_000);
  await prepared;
  assert.notEqual(streams.recall(id), null);
});
