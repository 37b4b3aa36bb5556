import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Answer, Completion, Served } from "../answer.ts";
import { collectedBytesLimit, Flight, type MissedEnd, type Seat } from "./flight.ts";

const served: Served = {
  target: { provider: "p", region: "r", upstreamModel: "m" },
  attempts: 1,
  dropped: [],
};
const completion: Completion = {
  served,
  costNanoUsd: 7,
  usage: noUsage,
  timing: { firstTokenMs: 1, latencyMs: 2 },
  headers: [],
};

/** A reader that notes what it is told. */
class Passenger implements Seat, Answer {
  readonly answer = this;
  readonly deadlineMs: number;
  readonly log = new EventLog<CanonicalEvent>();
  readonly told: string[] = [];
  readonly #cursor = this.log.open({ published: () => this.read() });
  isReading = true;
  ended: string | null = null;
  missing: MissedEnd | null = null;

  constructor(deadlineMs = 60_000) {
    this.deadlineMs = deadlineMs;
  }

  read(): void {
    if (!this.isReading) return;
    for (let entry = this.#cursor.takeEntry(); entry !== undefined;) {
      this.told.push(Buffer.isBuffer(entry.payload) ? entry.payload.toString() : "event");
      entry = this.#cursor.takeEntry();
    }
  }

  attempted(): void {}
  commit(): void {
    this.told.push("commit");
  }

  complete(): void {
    this.log.publish();
    this.ended = "complete";
  }

  fail(failure: Failure<Code>): void {
    this.log.publish();
    this.ended = failure.code;
  }

  missed(end: MissedEnd): void {
    this.missing = end;
  }
}

function takeOff(form: string | null = "f") {
  const landed: (number | null)[] = [];
  const aborted: string[] = [];
  const clock = new VirtualClock();
  const flight = new Flight({
    clock,
    boardsUntilMs: 10_000,
    form,
    closed: () => {},
  });
  flight.landsAt((entries) => landed.push(entries?.length ?? null));
  flight.endedBy((cause) => {
    aborted.push(cause);
    flight.fail(new Failure<Code>(cause, "ended"), null);
  });
  const say = (text: string): void => {
    const bytes = Buffer.from(text);
    flight.log.appendBytes(bytes, { start: 0, end: bytes.length }, entryKind.content);
    flight.log.publish();
  };
  return { clock, flight, landed, aborted, say };
}

test("STR-14 who comes late is told what was told before, then what everybody is told", () => {
  const { flight, landed, say } = takeOff();
  const [first, late] = [new Passenger(), new Passenger()];
  flight.board(first);
  flight.commit(served);
  say("one");
  flight.board(late);
  say("two");
  flight.complete(completion);
  assert.deepEqual(first.told, ["commit", "one", "two"]);
  assert.deepEqual(late.told, first.told);
  assert.deepEqual([first.ended, late.ended], ["complete", "complete"]);
  assert.deepEqual(landed, [2]);
  assert.ok(!flight.takes("f"));
});

test("STR-14 the upstream call ends with its last reader, whoever that is", () => {
  const { flight, aborted, say } = takeOff();
  const [first, second] = [new Passenger(), new Passenger()];
  flight.board(first);
  flight.board(second);
  flight.commit(served);
  say("one");
  flight.depart(first, "client_closed");
  assert.deepEqual([first.ended, aborted], ["client_closed", []]);
  say("two");
  assert.deepEqual(second.told, ["commit", "one", "two"]);
  flight.depart(second, "cancelled");
  flight.depart(second, "cancelled");
  assert.deepEqual([second.ended, aborted], ["cancelled", ["cancelled"]]);
  assert.ok(!flight.isWanted);
});

test("STR-14 a failure before content is nobody's answer yet, one behind it is everybody's", () => {
  const before = takeOff();
  const waiting = new Passenger();
  before.flight.board(waiting);
  before.flight.fail(new Failure<Code>("upstream_error", "down"), null);
  assert.deepEqual([waiting.ended, waiting.missing?.isPersonal], [null, false]);
  const behind = takeOff();
  const reading = new Passenger();
  behind.flight.board(reading);
  behind.flight.commit(served);
  behind.say("one");
  behind.flight.fail(new Failure<Code>("upstream_error", "down"), served);
  assert.deepEqual([reading.ended, reading.missing], ["upstream_error", null]);
  assert.deepEqual([before.landed, behind.landed], [[], []]);
});

test("STR-14 what is the first one's own fault says nothing of those who wait with it", () => {
  for (const code of ["client_closed", "deadline_exceeded"] as const) {
    const { flight } = takeOff();
    const waiting = new Passenger();
    flight.board(waiting);
    flight.fail(new Failure<Code>(code, "its own"), null);
    assert.ok(waiting.missing?.isPersonal);
  }
  const { flight } = takeOff();
  const waiting = new Passenger();
  flight.board(waiting);
  flight.refused(new Failure<Code>("budget_exhausted", "its own"));
  assert.ok(waiting.missing?.isPersonal);
});

test("STR-14 bytes are for those who read that form, events for everybody", () => {
  assert.deepEqual([takeOff("f").flight.takes("f"), takeOff("f").flight.takes("g")], [true, false]);
  assert.ok(takeOff(null).flight.takes("g"));
});

test("STR-8 beyond what is collected of an answer nobody joins, and nothing is kept", () => {
  const { flight, landed, say } = takeOff();
  const first = new Passenger();
  flight.board(first);
  flight.commit(served);
  const piece = "x".repeat(collectedBytesLimit / 8);
  for (let n = 0; n < 8; n += 1) say(piece);
  assert.ok(flight.takes("f"));
  say("y");
  assert.ok(!flight.takes("f"));
  flight.complete(completion);
  assert.deepEqual([first.told.length, landed], [10, [null]]);
});

test("STR-7 the upstream is read at the pace of the quickest reader", () => {
  const { flight, say } = takeOff();
  let isPaused = false;
  flight.log.producedBy({ pause: () => (isPaused = true), resume: () => (isPaused = false) });
  const [slow, quick] = [new Passenger(), new Passenger()];
  for (const each of [slow, quick]) flight.board(each);
  slow.isReading = false;
  flight.commit(served);
  const piece = "x".repeat(64 * 1_024);
  for (let n = 0; n < 10; n += 1) say(piece);
  assert.deepEqual([isPaused, quick.told.length], [false, 11]);
  quick.isReading = false;
  for (let n = 0; n < 10; n += 1) say(piece);
  assert.ok(isPaused, "nobody reads");
  quick.isReading = true;
  quick.read();
  assert.ok(!isPaused);
  assert.equal(quick.told.length, 21);
});

test("STR-14 each reader has its own deadline; the upstream call has the last one", () => {
  const { clock, flight, aborted, landed, say } = takeOff();
  const [first, late] = [new Passenger(1_000), new Passenger(3_000)];
  flight.board(first);
  assert.equal(flight.deadlineMs, 1_000);
  flight.board(late);
  assert.equal(flight.deadlineMs, 3_000);
  flight.commit(served);
  say("one");
  clock.advanceBy(1_000);
  assert.deepEqual([first.ended, late.ended, aborted], ["deadline_exceeded", null, []]);
  say("two");
  flight.complete(completion);
  assert.deepEqual([late.told, late.ended], [["commit", "one", "two"], "complete"]);
  assert.deepEqual(landed, [2]);
  clock.advanceBy(5_000);
  assert.equal(late.ended, "complete");
});

test("STR-14 the upstream call ends at the last deadline, before content and behind it", () => {
  for (const hasContent of [false, true]) {
    const { clock, flight, aborted, say } = takeOff();
    const seats = [new Passenger(1_000), new Passenger(3_000), new Passenger(2_000)];
    for (const each of seats) flight.board(each);
    if (hasContent) flight.commit(served);
    if (hasContent) say("one");
    clock.advanceBy(2_999);
    const ended = ["deadline_exceeded", null, "deadline_exceeded"];
    assert.deepEqual([seats.map((each) => each.ended), aborted], [ended, []]);
    clock.advanceBy(1);
    assert.deepEqual([seats[1]?.ended, aborted], ["deadline_exceeded", ["deadline_exceeded"]]);
  }
});

test("STR-14 the deadline of one who reads alone is that of its call", () => {
  const { clock, flight, aborted } = takeOff();
  const alone = new Passenger(1_000);
  flight.board(alone);
  clock.advanceBy(2_000);
  assert.deepEqual([alone.ended, aborted], [null, []]);
});

test("STR-14 who waits for a call that nobody has begun yet has its deadline all the same", () => {
  const clock = new VirtualClock();
  const flight = new Flight({ clock, boardsUntilMs: 10_000, form: null, closed: () => {} });
  const [early, first] = [new Passenger(1_000), new Passenger(3_000)];
  flight.board(early);
  clock.advanceBy(1_000);
  assert.equal(early.ended, "deadline_exceeded");
  flight.endedBy(() => assert.fail("somebody still waits"));
  flight.board(first);
  flight.commit(served);
  flight.complete(completion);
  assert.equal(first.ended, "complete");
});

test("STR-14 nobody takes a seat so late that an answer would go on for ever", () => {
  const { clock, flight } = takeOff();
  flight.board(new Passenger());
  clock.advanceBy(9_999);
  assert.ok(flight.takes("f"));
  clock.advanceBy(1);
  assert.ok(!flight.takes("f"));
});
