import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { Pump, type EventEncoder, type PumpSink } from "./pump.ts";

/** A socket that takes what its test allows. */
class SlowSink implements PumpSink {
  bufferedBytes = 0;
  text = "";
  writes = 0;
  ended = false;
  /** Bytes that the kernel still takes at once. */
  room = Infinity;

  write(bytes: Uint8Array | string): boolean {
    const text = Buffer.from(bytes as string).toString(); // both kinds are accepted by Buffer.from
    this.writes += 1;
    this.text += text;
    const taken = Math.min(this.room, text.length);
    this.room -= taken;
    this.bufferedBytes += text.length - taken;
    return this.bufferedBytes === 0;
  }

  end(): void {
    this.ended = true;
  }
}

interface SetUp {
  readonly hideUsage?: boolean;
  readonly room?: number;
  readonly flushMs?: number;
  readonly encode?: EventEncoder["encode"];
}

function setUp(over: SetUp = {}) {
  const clock = new VirtualClock();
  const log = new EventLog<CanonicalEvent>();
  const sink = new SlowSink();
  sink.room = over.room ?? Infinity;
  const told: string[] = [];
  const pump = new Pump(log, sink, {
    clock,
    wheel: new TimerWheel(clock),
    options: {
      encoder: () => ({ encode: over.encode ?? ((event) => `<${event.type}>`) }),
      hideUsage: over.hideUsage ?? false,
      flushMs: over.flushMs ?? 0,
      heartbeat: ": ping\n\n",
      heartbeatMs: 5_000,
      stalledMs: 10_000,
    },
    owner: {
      pumpEnded: () => told.push("ended"),
      readerStalled: () => told.push("stalled"),
      pumpFailed: (error) => told.push(`failed ${String(error)}`),
    },
  });
  const append = (text: string, kind: number = entryKind.content): void => {
    const bytes = Buffer.from(text);
    log.appendBytes(bytes, { start: 0, end: bytes.length }, kind);
  };
  return { clock, log, sink, told, pump, append };
}

test("STR-3 what was appended in one turn leaves in one write", () => {
  const { log, sink } = setUp();
  const slab = Buffer.from("aabbcc");
  for (let at = 0; at < 6; at += 2) {
    log.appendBytes(slab, { start: at, end: at + 2 }, entryKind.content);
  }
  log.publish();
  assert.equal(sink.text, "aabbcc");
  assert.equal(sink.writes, 1);
});

test("STR-3 events that were appended in one turn leave in one write", () => {
  const { log, sink, append } = setUp({ hideUsage: true });
  for (let i = 0; i < 3; i += 1) log.appendEvent({ type: "ping" }, entryKind.other);
  append("USAGE", entryKind.usage);
  for (let i = 0; i < 2; i += 1) log.appendEvent({ type: "toolEnd", index: i }, entryKind.other);
  append("bytes");
  log.publish();
  assert.equal(sink.text, "<ping><ping><ping><toolEnd><toolEnd>bytes");
  assert.equal(sink.writes, 3);
});

test("STR-3 events of words that are bytes, strings and nothing keep their order", () => {
  const words = { ping: "p", toolEnd: Buffer.from("T") };
  const encode = ({ type }: CanonicalEvent): string | Buffer =>
    type === "ping" || type === "toolEnd" ? words[type] : "";
  const { log, sink } = setUp({ encode });
  for (const type of ["ping", "ping", "toolEnd", "finish", "toolEnd", "ping"] as const) {
    if (type === "ping") log.appendEvent({ type }, entryKind.other);
    else if (type === "toolEnd") log.appendEvent({ type, index: 0 }, entryKind.other);
    else log.appendEvent({ type, reason: "stop", stopSequence: null }, entryKind.other);
  }
  log.publish();
  assert.equal(sink.text, "ppTTp");
  assert.equal(sink.writes, 1);
});

test("STR-7 no more than 16 KiB of encoded events are joined: a full socket is seen", () => {
  const { log, sink } = setUp({ room: 0, encode: () => "x".repeat(1000) });
  for (let i = 0; i < 200; i += 1) log.appendEvent({ type: "ping" }, entryKind.other);
  log.publish();
  assert.equal(sink.bufferedBytes, 68_000);
  assert.equal(sink.writes, 4);
});

test("STR-3 the first entry leaves at once, later ones together, the terminal at once", () => {
  const { clock, log, sink, append } = setUp({ flushMs: 50 });
  const say = (text: string): void => {
    append(text);
    log.publish();
  };
  say("a");
  assert.equal(sink.text, "a");
  say("b");
  clock.advanceBy(20);
  say("c");
  assert.equal(sink.text, "a");
  clock.advanceBy(50);
  assert.equal(sink.text, "abc");
  clock.advanceBy(60);
  say("d");
  assert.equal(sink.text, "abcd");
  say("e");
  append("f", entryKind.terminal);
  log.end();
  log.publish();
  assert.equal(sink.text, "abcdef");
  assert.ok(sink.ended);
});

test("STR-1 events are encoded, bytes are passed on, and the end ends the sink once", () => {
  const { log, sink, told, append } = setUp();
  append("bytes ");
  log.appendEvent({ type: "ping" }, entryKind.other);
  append(" last", entryKind.terminal);
  log.end();
  log.publish();
  log.publish();
  assert.equal(sink.text, "bytes <ping> last");
  assert.ok(sink.ended);
  assert.deepEqual(told, ["ended"]);
  assert.equal(log.readers, 0);
});

test("usage that the reader did not ask for is left out", () => {
  const { log, sink, append } = setUp({ hideUsage: true });
  append("a");
  append("USAGE", entryKind.usage);
  append("b");
  log.publish();
  assert.equal(sink.text, "ab");
});

test("STR-9 a heartbeat is written after 5 s of silence, and not in a running stream", () => {
  const { clock, log, sink, append } = setUp();
  for (let i = 0; i < 4; i += 1) {
    clock.advanceBy(4_000);
    append("x");
    log.publish();
  }
  assert.equal(sink.text, "xxxx");
  clock.advanceBy(5_020);
  assert.equal(sink.text, "xxxx: ping\n\n");
  clock.advanceBy(5_020);
  assert.equal(sink.text, "xxxx: ping\n\n: ping\n\n");
});

test("STR-9 entries that are left out do not put the heartbeat off", () => {
  const { clock, log, sink, append } = setUp({ hideUsage: true });
  for (let i = 0; i < 4; i += 1) {
    clock.advanceBy(2_000);
    append("counted", entryKind.usage);
    log.publish();
  }
  assert.equal(sink.text, ": ping\n\n");
});

test("STR-9 publications without a new entry do not put the heartbeat off", () => {
  const { clock, log, sink } = setUp();
  for (let i = 0; i < 4; i += 1) {
    clock.advanceBy(2_000);
    log.publish();
  }
  assert.equal(sink.text, ": ping\n\n");
});

test("STR-7 above 64 KiB in the socket the log is left alone until it drained", () => {
  const { log, sink, pump, append } = setUp({ room: 0 });
  for (let i = 0; i < 10; i += 1) append("x".repeat(20_000));
  log.publish();
  assert.equal(sink.bufferedBytes, 80_000);
  assert.ok(log.heldBytes >= 120_000);
  sink.bufferedBytes = 0;
  sink.room = Infinity;
  pump.drained();
  assert.equal(sink.text.length, 200_000);
});

test("STR-7 a socket that takes no byte for 10 s is given up", () => {
  const { clock, log, told, append } = setUp({ room: 0 });
  append("x".repeat(70_000));
  log.publish();
  clock.advanceBy(9_990);
  assert.deepEqual(told, []);
  clock.advanceBy(30);
  assert.deepEqual(told, ["stalled"]);
});

test("STR-7 a socket that takes a little in 10 s is kept", () => {
  const { clock, log, sink, told, append } = setUp({ room: 0 });
  append("x".repeat(70_000));
  log.publish();
  for (let i = 0; i < 3; i += 1) {
    sink.bufferedBytes -= 100;
    clock.advanceBy(10_020);
  }
  assert.deepEqual(told, []);
  clock.advanceBy(10_020);
  assert.deepEqual(told, ["stalled"]);
});

test("a closed pump writes nothing more and holds nothing of the log", () => {
  const { clock, log, sink, pump, append } = setUp();
  pump.close();
  append("late");
  log.publish();
  clock.advanceBy(60_000);
  assert.equal(sink.text, "");
  assert.equal(log.readers, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("an encoder or a sink that throws ends its own reader alone", () => {
  const { clock, log, sink, told, append } = setUp();
  let said = "";
  log.open({ published: () => (said += "published ") });
  const refuse = (): never => {
    throw new Error("no header may hold that");
  };
  sink.write = refuse;
  append("a");
  log.publish();
  append("b");
  log.publish();
  clock.advanceBy(20_000);
  assert.deepEqual(told, ["failed Error: no header may hold that"]);
  assert.equal(said, "published published ");

  const idle = setUp();
  idle.sink.write = refuse;
  idle.clock.advanceBy(20_000);
  assert.deepEqual(idle.told, ["failed Error: no header may hold that"]);
});
