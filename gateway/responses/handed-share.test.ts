import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, type Cursor } from "@sekisho/lib/event-log/event-log.ts";
import { RecordedLog } from "@sekisho/lib/event-log/recorded-log.ts";
import { EntryReader } from "@sekisho/lib/event-log/entry-reader.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { FlushPace } from "@sekisho/lib/event-log/flush-pace.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import * as fc from "fast-check";
import { Flight } from "../cache/flight.ts";
import { handedShare } from "./handed-share.ts";
import { Response } from "./response.ts";

const deaf = { published() {} };
type Log = EventLog<CanonicalEvent>;

const say = (log: Log, count = 1): void => {
  for (let n = 0; n < count; n += 1) {
    log.appendEvent({ type: "text", text: "word" }, entryKind.content);
  }
  log.publish();
};

const tail = (log: Log): void => {
  log.appendEvent({ type: "finish", reason: "stop", stopSequence: null }, entryKind.terminal);
};

const take = (cursor: Cursor<CanonicalEvent>, count: number): void => {
  for (let n = 0; n < count; n += 1) cursor.takeEvent();
};

test("MON-14 whoever reads when the call ends is handed the rest", () => {
  const log: Log = new EventLog();
  const cursor = log.open(deaf);
  say(log, 4);
  take(cursor, 1);
  tail(log);
  assert.equal(handedShare(log, null), 1);
  assert.equal(handedShare(log, "cancelled"), 1);
  assert.equal(handedShare(log, "upstream_error"), 1);
});

test("MON-14 a client that has left was handed what it had read by then", () => {
  const log: Log = new EventLog();
  const cursor = log.open(deaf);
  say(log, 4);
  take(cursor, 3);
  assert.equal(handedShare(log, "slow_reader"), 3 / 4);
  cursor.close();
  assert.equal(handedShare(log, "client_closed"), 3 / 4);
});

test("MON-14 who has every word has all, whatever stands behind", () => {
  const log: Log = new EventLog();
  const cursor = log.open(deaf);
  say(log, 3);
  take(cursor, 3);
  cursor.close();
  tail(log);
  assert.equal(handedShare(log, "client_closed"), 1);
});

test("MON-14 a whole answer whose client has left was handed to nobody", () => {
  const log: Log = new EventLog();
  say(log);
  assert.equal(handedShare(log, "client_closed"), 0);
});

test("MON-14 what failed before its first word was handed to nobody", () => {
  assert.equal(handedShare(new EventLog(), "upstream_error"), 0);
});

/** A stream that is recorded, and what is written of it at once. */
async function recorded(isRead?: () => boolean) {
  const log: Log = new EventLog();
  const record: RecordedLog<CanonicalEvent> = new RecordedLog(log, {
    store: { append: () => Promise.resolve(), read: () => [] },
    pace: new FlushPace(new VirtualClock(), () => 1),
    lost: () => assert.fail("an entry was lost"),
    unneeded() {},
    over() {},
    ...(isRead === undefined ? {} : { isRead }),
  });
  const flushed = async (): Promise<void> => {
    record.flush();
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
  };
  return { log, record, flushed };
}

test("MON-14 STR-6 a tab that was closed: what runs on within its grace is wasted", async () => {
  const { log, record, flushed } = await recorded();
  const reader = new EntryReader(record, deaf, 0);
  say(log, 3);
  await flushed();
  while (reader.take() !== undefined);
  assert.equal(handedShare(log, null), 1);
  reader.close();
  say(log, 9);
  await flushed();
  assert.equal(handedShare(log, null), 3 / 12);
  assert.equal(handedShare(log, "client_closed"), 3 / 12);
  // Somebody is back before its end: the record is read from where the first one was.
  const again = new EntryReader(record, deaf, 3);
  assert.equal(handedShare(log, null), 1);
  again.close();
  assert.equal(handedShare(log, null), 3 / 12);
});

test("MON-14 STR-6 who left behind the last word of a recorded stream has all", async () => {
  const { log, record, flushed } = await recorded();
  const reader = new EntryReader(record, deaf, 0);
  say(log, 3);
  await flushed();
  while (reader.take() !== undefined);
  reader.close();
  tail(log);
  log.publish();
  await flushed();
  assert.equal(handedShare(log, null), 1);
});

test("MON-14 what is kept to be read is not wasted, though nobody reads it yet", async () => {
  const { log, flushed } = await recorded(() => true);
  say(log, 3);
  await flushed();
  assert.equal(handedShare(log, null), 1);
});

test("MON-14 nobody knows how far one came elsewhere: it has what was kept by then", async () => {
  const { log, record, flushed } = await recorded();
  say(log, 3);
  await flushed();
  record.leftElsewhere();
  say(log, 1);
  await flushed();
  assert.equal(handedShare(log, null), 3 / 4);
});

test("MON-14 who waits for the end of a stream is handed nothing of it", async () => {
  const { log, record, flushed } = await recorded();
  const unwatch = record.watch({ published() {}, seq: Infinity });
  say(log, 2);
  await flushed();
  unwatch();
  assert.equal(handedShare(log, null), 0);
});

function inFlight() {
  const flight = new Flight({
    clock: new VirtualClock(),
    boardsUntilMs: 1_000,
    form: null,
    closed() {},
  });
  flight.commit({
    target: { provider: "p", region: "r", upstreamModel: "m" },
    attempts: 1,
    dropped: [],
  });
  const board = (id: string) => {
    const answer = new Response(id, () => {});
    const seat = { answer, deadlineMs: 1_000, missed() {} };
    flight.board(seat);
    return { seat, cursor: answer.log.open(deaf) };
  };
  return { flight, board };
}

test("MON-14 STR-14 what one of those who read with others was handed is delivered", () => {
  const { flight, board } = inFlight();
  const [first, second] = [board("1"), board("2")];
  say(flight.log, 4);
  take(first.cursor, 1);
  take(second.cursor, 3);
  flight.depart(first.seat, "client_closed");
  // The other one reads on, and is handed the rest.
  assert.equal(handedShare(flight.log, null), 1);
  second.cursor.close();
  flight.depart(second.seat, "client_closed");
  assert.equal(handedShare(flight.log, "client_closed"), 3 / 4);
});

test("MON-14 STR-14 who comes in the middle and leaves has what was told before", () => {
  const { flight, board } = inFlight();
  say(flight.log, 4);
  const late = board("1");
  take(late.cursor, 4);
  flight.depart(late.seat, "client_closed");
  assert.equal(handedShare(flight.log, "client_closed"), 1);
});

test("MON-14 property: the furthest of all readers counts, in whatever order they leave", () => {
  const step = fc.record({ reader: fc.nat(2), takes: fc.nat(6), says: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(2), (steps, order) => {
      const log: Log = new EventLog();
      const cursors = [log.open(deaf), log.open(deaf), log.open(deaf)];
      for (const { reader, takes, says } of steps) {
        say(log, says);
        const cursor = cursors[reader];
        if (cursor !== undefined) take(cursor, takes);
      }
      const furthest = Math.max(...cursors.map(({ seq }) => seq));
      const said = log.nextSeq;
      const open = handedShare(log, "client_closed");
      for (const n of [0, 1, 2]) cursors[(n + order) % 3]?.close();
      assert.equal(handedShare(log, "client_closed"), open);
      assert.equal(open, said === 0 ? 0 : furthest / said);
      assert.equal(handedShare(log, null), said === 0 ? 0 : 1);
    }),
  );
});
