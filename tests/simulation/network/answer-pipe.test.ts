import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Dice } from "../base/dice.ts";
import { AnswerPipe } from "./answer-pipe.ts";

function setUp(windowBytes: number) {
  const clock = new VirtualClock();
  const events: string[] = [];
  let received = 0;
  const pipe = new AnswerPipe(
    { clock, dice: new Dice(new SeededRandom(3)) },
    { latencyMs: 10, windowBytes },
    {
      head: (status) => events.push(`head ${status}`),
      bytes: (bytes) => (received += bytes.length),
      whole: () => events.push(`whole after ${received}`),
      cut: () => events.push(`cut after ${received}`),
    },
    { drained: () => events.push("drained"), handedOver: () => events.push("handed over") },
  );
  return { clock, events, pipe };
}

test("an answer arrives in order, after its latency", () => {
  const { clock, events, pipe } = setUp(1_000_000);
  pipe.head(200, []);
  assert.equal(pipe.bytes(Buffer.alloc(5_000)), true);
  pipe.whole();
  clock.advanceBy(9);
  assert.deepEqual(events, ["handed over"]);
  clock.advanceBy(100);
  assert.deepEqual(events, ["handed over", "head 200", "whole after 5000"]);
});

test("STR-7 a reader that stops fills the window, then the queue, and drains them later", () => {
  const { clock, events, pipe } = setUp(16_384);
  pipe.read(0);
  assert.equal(pipe.bytes(Buffer.alloc(16_384)), true);
  assert.equal(pipe.bytes(Buffer.alloc(60_000)), true);
  assert.equal(pipe.bytes(Buffer.alloc(10_000)), false);
  clock.advanceBy(10_000);
  assert.equal(pipe.queuedBytes, 70_000);
  pipe.read(Infinity);
  clock.advanceBy(10_000);
  assert.deepEqual([pipe.queuedBytes, ...events], [0, "drained"]);
});

test("a cut takes what was not read, and nothing comes behind it", () => {
  const { clock, events, pipe } = setUp(16_384);
  pipe.read(1_000);
  pipe.bytes(Buffer.alloc(5_000));
  clock.advanceBy(100);
  pipe.cut();
  pipe.bytes(Buffer.alloc(5_000));
  clock.advanceBy(100);
  pipe.read(Infinity);
  clock.advanceBy(100);
  assert.deepEqual(events, ["cut after 1000"]);
});

test("a client that has left hears nothing more", () => {
  const { clock, events, pipe } = setUp(16_384);
  pipe.head(200, []);
  pipe.close();
  pipe.whole();
  clock.advanceBy(100);
  assert.deepEqual(events, []);
});
