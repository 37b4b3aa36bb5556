import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventLog, type Cursor, type LogListener } from "./event-log.ts";

const deaf: LogListener = { published() {} };
const kindContent = 1;
const kindHidden = 2;

const drain = (cursor: Cursor<string>, skip = 0): string => {
  let text = "";
  for (;;) {
    const kind = cursor.peek();
    if (kind === undefined) return text;
    if (((1 << kind) & skip) !== 0) cursor.skip();
    else text += cursor.takeBytes(skip)?.toString() ?? `<${cursor.takeEvent()}>`;
  }
};

test("STR-1 sequence numbers are dense from 0", () => {
  const log = new EventLog<string>();
  const slab = Buffer.from("abcd");
  assert.equal(log.nextSeq, 0);
  log.appendBytes(slab, { start: 0, end: 2 }, kindContent);
  log.appendEvent("event", kindContent);
  assert.equal(log.nextSeq, 2);
});

test("STR-1 nothing follows the end", () => {
  const log = new EventLog<string>();
  log.end();
  assert.equal(log.appendEvent("late", kindContent), false);
  assert.equal(log.appendBytes(Buffer.from("late"), { start: 0, end: 4 }, kindContent), false);
  assert.equal(log.nextSeq, 0);
});

test("entries that are adjacent in one slab are read as one run without a copy", () => {
  const log = new EventLog<string>();
  const cursor = log.open(deaf);
  const slab = Buffer.from("aabbcc");
  for (let at = 0; at < 6; at += 2) log.appendBytes(slab, { start: at, end: at + 2 }, kindContent);
  assert.equal(cursor.takeBytes(), slab);
  assert.equal(cursor.seq, 3);
});

test("a skipped kind ends a run and is passed over", () => {
  const log = new EventLog<string>();
  const cursor = log.open(deaf);
  const slab = Buffer.from("aaXXbb");
  log.appendBytes(slab, { start: 0, end: 2 }, kindContent);
  log.appendBytes(slab, { start: 2, end: 4 }, kindHidden);
  log.appendBytes(slab, { start: 4, end: 6 }, kindContent);
  assert.equal(drain(cursor, 1 << kindHidden), "aabb");
});

test("what every cursor has passed is forgotten", () => {
  const log = new EventLog<string>();
  const fast = log.open(deaf);
  const slow = log.open(deaf);
  log.appendBytes(Buffer.alloc(1_000), { start: 0, end: 1_000 }, kindContent);
  drain(fast);
  assert.equal(log.heldBytes, 1_000);
  drain(slow);
  assert.equal(log.heldBytes, 0);
});

test("a cursor cannot open where the log has forgotten", () => {
  const log = new EventLog<string>();
  const cursor = log.open(deaf);
  log.appendEvent("one", kindContent);
  drain(cursor);
  assert.throws(() => log.open(deaf, 0), /Cannot open a cursor at 0: the log holds 1 to 1/);
});

test("STR-7 the producer stands still while readers lag and goes on when they caught up", () => {
  const calls: string[] = [];
  const log = new EventLog<string>({ unreadBytes: 1_000 });
  log.producedBy({ pause: () => calls.push("pause"), resume: () => calls.push("resume") });
  const cursor = log.open(deaf);
  for (let i = 0; i < 3; i += 1) {
    log.appendBytes(Buffer.alloc(400), { start: 0, end: 400 }, kindContent);
    log.publish();
  }
  assert.deepEqual(calls, ["pause"]);
  cursor.takeBytes();
  assert.deepEqual(calls, ["pause"]);
  drain(cursor);
  assert.deepEqual(calls, ["pause", "resume"]);
});

test("STR-7 a reader that leaves frees what only it held", () => {
  const calls: string[] = [];
  const log = new EventLog<string>({ unreadBytes: 1_000 });
  log.producedBy({ pause: () => calls.push("pause"), resume: () => calls.push("resume") });
  const fast = log.open(deaf);
  const slow = log.open(deaf);
  log.appendBytes(Buffer.alloc(2_000), { start: 0, end: 2_000 }, kindContent);
  log.publish();
  drain(fast);
  slow.close();
  slow.close();
  assert.deepEqual(calls, ["pause", "resume"]);
  assert.equal(log.readers, 1);
});

test("STR-4 every reader gets every entry once and in order, however reads interleave", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("append" as const), text: fc.string({ minLength: 1 }) }),
    fc.record({ do: fc.constant("event" as const), text: fc.string() }),
    fc.record({ do: fc.constant("read" as const), reader: fc.nat(2) }),
    fc.record({ do: fc.constant("publish" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const log = new EventLog<string>({ unreadBytes: 64 });
      const cursors = [log.open(deaf), log.open(deaf), log.open(deaf)];
      const seen = cursors.map(() => "");
      let expected = "";
      const read = (index: number): void => {
        const cursor = cursors[index];
        if (cursor !== undefined) seen[index] += drain(cursor);
      };
      for (const each of steps) {
        if (each.do === "append") {
          const bytes = Buffer.from(each.text);
          log.appendBytes(bytes, { start: 0, end: bytes.length }, kindContent);
          expected += bytes.toString();
        } else if (each.do === "event") {
          log.appendEvent(each.text, kindContent);
          expected += `<${each.text}>`;
        } else if (each.do === "read") read(each.reader);
        else log.publish();
      }
      cursors.forEach((_, index) => read(index));
      for (const text of seen) assert.equal(text, expected);
    }),
  );
});
