import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultEventLogLimits, EventLog } from "./event-log.ts";
import { LogMemory } from "./log-memory.ts";

const deaf = { published() {} };
const content = 1;

/** A log of `memory` with a reader, and whether its producer stands still. */
function logOf(memory: LogMemory, owner = "acme") {
  const room = memory.roomOf(owner);
  const log = new EventLog<{ text: string }>(defaultEventLogLimits, room);
  const cursor = log.open(deaf);
  let isPaused = false;
  log.producedBy({ pause: () => (isPaused = true), resume: () => (isPaused = false) });
  return {
    log,
    cursor,
    isPaused: () => isPaused,
    say(bytes: number) {
      log.appendBytes(Buffer.alloc(bytes), { start: 0, end: bytes }, content);
      log.publish();
    },
  };
}

test("STR-8 from half of the memory of all logs on, each waits for a reader that is behind", () => {
  const memory = new LogMemory(100_000);
  const first = logOf(memory);
  const second = logOf(memory);
  second.say(8_000);
  assert.equal(second.isPaused(), false, "there is room");
  first.say(45_000);
  assert.equal(memory.heldBytes, 53_000);
  assert.equal(memory.isTight, true);
  second.say(1);
  assert.equal(second.isPaused(), true, "there is none for who is behind");
  const third = logOf(memory);
  third.say(4_000);
  assert.equal(third.isPaused(), false, "who is hardly behind goes on");
  first.cursor.takeBytes();
  second.cursor.takeBytes();
  second.cursor.takeBytes();
  assert.equal(second.isPaused(), false);
  assert.equal(memory.heldBytes, 4_000);
});

test("STR-8 a log gives its memory back when its reader leaves, and when nobody ever came", () => {
  const memory = new LogMemory(1_000);
  const left = logOf(memory);
  left.say(700);
  left.log.end();
  left.log.publish();
  assert.equal(memory.heldBytes, 700, "somebody still has to read it");
  left.cursor.close();
  assert.equal(memory.heldBytes, 0);

  const room = memory.roomOf("acme");
  const unread = new EventLog<{ text: string }>(defaultEventLogLimits, room);
  unread.appendEvent({ text: "x".repeat(2_000) }, content);
  unread.publish();
  assert.ok(memory.heldBytes >= 2_000, "a long event is as long as its text");
  assert.equal(memory.takes("acme"), false);
  unread.end();
  unread.publish();
  assert.equal(memory.heldBytes, 0);
});

test("STR-8 from three quarters on, owners that hold an even share of it begin nothing new", () => {
  const memory = new LogMemory(100_000);
  const slow = logOf(memory, "slow");
  slow.say(74_999);
  assert.equal(memory.takes("slow"), true, "there is room for everybody");
  slow.say(1);
  assert.equal(memory.takes("slow"), false);
  assert.equal(memory.takes("other"), true, "it holds nothing");
  const other = logOf(memory, "other");
  other.say(10_000);
  assert.equal(memory.takes("other"), true, "it holds less than half of what two of them hold");
  assert.equal(memory.takes("slow"), false);
  other.say(15_000);
  assert.equal(memory.takes("third"), false, "at the limit nobody");

  slow.cursor.takeBytes();
  slow.cursor.takeBytes();
  assert.equal(memory.takes("slow"), true);
  assert.deepEqual([memory.heldBy("slow"), memory.heldBy("other")], [0, 25_000]);
});
