import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Failure } from "../failure/failure.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import type { LogFields } from "./log-fields.ts";
import { lingerMs } from "./log-buffer.ts";
import type { LogLevel } from "./log-line.ts";
import type { LogSink } from "./log-sink.ts";
import { Log } from "./log.ts";

/** Takes text until told to be full; remembers each write. */
class MemorySink implements LogSink {
  readonly writes: string[] = [];
  isFull = false;
  #onDrain: (() => void) | null = null;

  write(text: string): boolean {
    this.writes.push(text);
    return !this.isFull;
  }

  onDrain(run: () => void): void {
    assert.equal(this.#onDrain, null, "one drain listener at a time");
    this.#onDrain = run;
  }

  drain(): void {
    this.isFull = false;
    const run = this.#onDrain;
    this.#onDrain = null;
    run?.();
  }

  get lines(): string[] {
    return this.writes.join("").split("\n").slice(0, -1);
  }
}

interface Bench {
  readonly clock: VirtualClock;
  readonly sink: MemorySink;
  readonly log: Log<"shelf" | "book">;
}

const setUp = (format: "json" | "text", level: LogLevel = "debug"): Bench => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 31, 23, 59, 59, 7));
  const sink = new MemorySink();
  const extraFields = ["shelf", "book"] as const;
  return { clock, sink, log: new Log({ clock, sink, format, level: () => level, extraFields }) };
};

test("SEC-10 a line is one JSON object: time, level, message, then the fields as given", () => {
  const { clock, sink, log } = setUp("json");
  log.info("a book was moved", {
    shelf: "A",
    count: 3,
    book: null,
    bytes: 2n ** 60n,
    pid: undefined,
  });
  clock.advanceBy(0);
  assert.deepEqual(sink.lines, [
    '{"time":"2026-01-31T23:59:59.007Z","level":"info","message":"a book was moved",' +
      '"shelf":"A","count":3,"book":null,"bytes":"1152921504606846976"}',
  ]);
});

test("levels below the lowest are not written", () => {
  const { clock, sink, log } = setUp("json", "warn");
  log.debug("1");
  log.info("2");
  log.warn("3");
  log.error("4");
  clock.advanceBy(0);
  assert.deepEqual(
    sink.lines.map((line) => JSON.parse(line).message),
    ["3", "4"],
  );
});

test("SEC-10 a field that is not on the list is not written, types evaded or not", () => {
  const { clock, sink, log } = setUp("json");
  const wider = { shelf: "A", prompt: "tell me a secret", count: 1 };
  const fields: LogFields<"shelf"> = wider;
  log.info("m", fields);
  clock.advanceBy(0);
  assert.equal(sink.lines[0]?.includes("secret"), false);
  assert.deepEqual(Object.keys(JSON.parse(sink.lines[0] ?? "")), [
    "time",
    "level",
    "message",
    "shelf",
    "count",
  ]);
});

test("SEC-10 no text can start a line of its own or steer a terminal, in either format", () => {
  const attack = 'a\r\n{"level":"error"}\u2028\u0085\u001b[31m\u009b2J\u007f\u202e"b\0';
  for (const format of ["json", "text"] as const) {
    const { clock, sink, log } = setUp(format);
    const error = new Failure("bad\nness", attack, {}, new Error(attack));
    log.warn(attack, { shelf: attack, error });
    log.warn("m", { error: new Error(attack) });
    clock.advanceBy(0);
    const text = sink.writes.join("");
    const frames = /\n {4}at [^\n]*/gu;
    assert.equal(text.replaceAll(frames, "").split("\n").length, 3, format);
    assert.equal(/[[\p{Cc}\u2028-\u202e]--\n]/v.test(text), false, format);
  }
});

test("any JSON line parses and gives back its strings", () => {
  const property = fc.property(
    fc.string({ unit: "binary", maxLength: 500 }),
    fc.string({ maxLength: 500 }),
    (message, shelf) => {
      const { clock, sink, log } = setUp("json");
      log.info(message, { shelf });
      clock.advanceBy(0);
      assert.equal(sink.lines.length, 1);
      const parsed = JSON.parse(sink.lines[0] ?? "");
      assert.deepEqual([parsed.message, parsed.shelf], [message, shelf]);
    },
  );
  fc.assert(property);
});

test("SEC-10 fields that need no care stand in a line as those that do", () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.constantFrom(
      null,
      undefined,
      true,
      2n,
      NaN,
      {},
      { toJSON: () => "told" },
      "x".repeat(5_000),
    ),
  );
  const name = fc.constantFrom("shelf", "book", "count", "prompt", "toJSON", "error");
  const property = fc.property(fc.dictionary(name, value), (fields) => {
    const { clock, sink, log } = setUp("json");
    const guarded = Object.assign(Object.create(null), fields);
    const message = "m".repeat(fields["count"] === null ? 1_000 : 1);
    for (const each of [fields, guarded]) log.info(message, each);
    clock.advanceBy(0);
    const [line, same] = sink.lines;
    assert.equal(line, same);
  });
  fc.assert(property);
});

test("SEC-10 no line exceeds 8 KiB; it stays readable and says that something is missing", () => {
  const texts = ["x", "\n", "\u0001", "漢", "😀", "\ud800"];
  for (const format of ["json", "text"] as const) {
    for (const text of texts) {
      const { clock, sink, log } = setUp(format);
      const long = text.repeat(10_000);
      const error = new Error(long, { cause: new Error(long, { cause: new Error(long) }) });
      log.error(long, { shelf: long, book: long, error, count: 7 });
      clock.advanceBy(0);
      const written = sink.writes.join("");
      assert.ok(Buffer.byteLength(written) <= 8_192, `${Buffer.byteLength(written)} bytes`);
      if (format === "json") {
        assert.equal(sink.lines.length, 1);
        const parsed = JSON.parse(sink.lines[0] ?? "");
        assert.equal(parsed.level, "error");
        assert.ok(parsed.count === 7 || parsed.truncated === true);
      }
    }
  }
});

test("an error has its code and causes, the stack only when it was not foreseen", () => {
  const { clock, sink, log } = setUp("json");
  const root = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  log.error("m", { error: new Failure("connect_failed", "Cannot connect", {}, root) });
  log.error("m", { error: new TypeError("oops") });
  log.error("m", { error: "thrown text" });
  log.error("m", { error: Object.create(null) });
  clock.advanceBy(0);
  const [foreseen, unforeseen, text, bare] = sink.lines.map((line) => JSON.parse(line));
  assert.deepEqual(foreseen.error, {
    name: "Failure",
    message: "Cannot connect",
    code: "connect_failed",
    cause: { name: "Error", message: "refused", code: "ECONNREFUSED" },
  });
  assert.equal("stack" in foreseen, false);
  assert.match(unforeseen.stack, /^TypeError: oops\n {4}at /u);
  assert.deepEqual(text.error, { name: "string", message: "thrown text" });
  assert.deepEqual(bare.error, { name: "object", message: "[object Object]" });
});

test("a ring of causes ends", () => {
  const { clock, sink, log } = setUp("json");
  const error = new Error("ring");
  error.cause = error;
  log.error("m", { error });
  clock.advanceBy(0);
  assert.equal(sink.lines[0]?.split('"cause"').length, 4);
});

test("the text format is one line for people, quotes only where needed", () => {
  const { clock, sink, log } = setUp("text");
  log.info("serves", { url: "http://127.0.0.1:8080/", shelf: "two words", count: 2 });
  log.error("cannot", { error: new Failure("disk_full", "No room", {}, new Error("ENOSPC")) });
  clock.advanceBy(0);
  assert.deepEqual(sink.lines, [
    '23:59:59.007 INFO  serves url=http://127.0.0.1:8080/ shelf="two words" count=2',
    '23:59:59.007 ERROR cannot error="Failure disk_full: No room, caused by Error: ENOSPC"',
  ]);
});

test("the lines of one turn leave in one write, at its end", () => {
  const { clock, sink, log } = setUp("json");
  for (let n = 0; n < 50; n++) log.info("m", { count: n });
  assert.equal(sink.writes.length, 0);
  clock.advanceBy(0);
  assert.equal(sink.writes.length, 1);
  assert.equal(sink.lines.length, 50);
});

test("frequent lines of 20 ms leave in one write", () => {
  const { clock, sink, log } = setUp("json");
  for (let n = 0; n < lingerMs; n++) {
    log.frequent("m", { count: n });
    clock.advanceBy(n === 0 ? 0.5 : 1);
  }
  assert.equal(sink.writes.length, 0);
  clock.advanceBy(1);
  assert.equal(sink.writes.length, 1);
  assert.equal(sink.lines.length, lingerMs);
  assert.equal(clock.pendingTimers, 0);
});

test("frequent lines are of the level info", () => {
  const { clock, sink, log } = setUp("json", "warn");
  log.frequent("m");
  clock.advanceBy(lingerMs);
  assert.equal(sink.writes.length, 0);
});

test("any other line takes the frequent ones before it along at the end of its turn", () => {
  for (const level of ["info", "error"] as const) {
    const { clock, sink, log } = setUp("json");
    log.frequent("before");
    log[level]("m");
    log.frequent("behind");
    assert.equal(sink.writes.length, 0);
    clock.advanceBy(0);
    assert.equal(sink.writes.length, 1);
    assert.deepEqual(
      sink.lines.map((line) => JSON.parse(line).message),
      ["before", "m", "behind"],
    );
    assert.equal(clock.pendingTimers, 0);
  }
});

test("32 KiB of frequent lines wait for the end of their turn and no longer", () => {
  const { clock, sink, log } = setUp("json");
  for (let n = 0; n < 32; n++) log.frequent("m", { shelf: "x".repeat(1_024) });
  clock.advanceBy(0);
  assert.equal(sink.writes.length, 1);
  assert.equal(sink.lines.length, 32);
});

test("flush writes at once, and the turn's end then has nothing left", () => {
  const { clock, sink, log } = setUp("json");
  log.frequent("words");
  log.info("last words");
  log.flush();
  log.flush();
  assert.equal(sink.lines.length, 2);
  clock.advanceBy(lingerMs);
  assert.equal(sink.writes.length, 1);
});

test("a blocked sink gets nothing until it drained, then everything in order", () => {
  const { clock, sink, log } = setUp("json");
  sink.isFull = true;
  for (let n = 0; n < 3; n++) {
    log.info("m", { count: n });
    clock.advanceBy(0);
  }
  assert.equal(sink.writes.length, 1);
  sink.drain();
  assert.deepEqual(
    sink.lines.map((line) => JSON.parse(line).count),
    [0, 1, 2],
  );
  log.info("m", { count: 3 });
  clock.advanceBy(0);
  assert.equal(sink.lines.length, 4);
});

test("flush reaches a blocked sink too", () => {
  const { clock, sink, log } = setUp("json");
  sink.isFull = true;
  log.info("1");
  clock.advanceBy(0);
  log.info("2");
  log.flush();
  assert.equal(sink.lines.length, 2);
  log.info("3");
  clock.advanceBy(0);
  assert.equal(sink.lines.length, 2);
  sink.drain();
  assert.equal(sink.lines.length, 3);
});

test("beyond 1 MiB of waiting text lines are dropped, and a notice counts them", () => {
  const { clock, sink, log } = setUp("json");
  sink.isFull = true;
  log.info("first");
  clock.advanceBy(0);
  const total = 2_000;
  for (let n = 0; n < total; n++) log.info("m", { shelf: "x".repeat(1_000), count: n });
  clock.advanceBy(0);
  sink.drain();
  const lines = sink.lines.map((line) => JSON.parse(line));
  const notice = lines.at(-1);
  assert.equal(notice.message, "log lines were dropped: the sink was blocked");
  assert.equal(lines.length - 2 + notice.count, total);
  assert.ok(sink.writes[1] !== undefined && sink.writes[1].length < 1_048_576 + 8_192);
  log.info("after");
  clock.advanceBy(0);
  assert.equal(JSON.parse(sink.lines.at(-1) ?? "").message, "after");
});
