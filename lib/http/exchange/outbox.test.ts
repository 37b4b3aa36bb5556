import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../time/virtual-clock.ts";
import { Outbox } from "./outbox.ts";

test("answers leave at the end of the turn, in the order in which they were made", () => {
  const clock = new VirtualClock();
  const outbox = new Outbox(clock);
  const left: string[] = [];
  outbox.add({ depart: () => left.push("first") });
  outbox.add({ depart: () => left.push("second") });
  assert.deepEqual(left, []);
  clock.runNext();
  assert.deepEqual(left, ["first", "second"]);
  assert.equal(clock.runNext(), false);
});

test("what is added while answers leave waits for the next turn", () => {
  const clock = new VirtualClock();
  const outbox = new Outbox(clock);
  const left: string[] = [];
  const again = { depart: () => left.push("again") };
  outbox.add({
    depart: () => {
      left.push("first");
      outbox.add(again);
    },
  });
  clock.runNext();
  assert.deepEqual(left, ["first"]);
  clock.runNext();
  assert.deepEqual(left, ["first", "again"]);
});
