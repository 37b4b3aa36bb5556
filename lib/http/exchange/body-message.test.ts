import assert from "node:assert/strict";
import { once } from "node:events";
import { Socket } from "node:net";
import { test } from "node:test";
import { BodyMessage, type BodyTaker } from "./body-message.ts";

class Taken implements BodyTaker {
  readonly told: string[] = [];

  bodyChunk(chunk: Buffer): void {
    this.told.push(chunk.toString());
  }

  bodyEnd(): void {
    this.told.push("end");
  }
}

test("a body that is asked for in time is handed over within the parser's call", () => {
  const request = new BodyMessage(new Socket());
  const taken = new Taken();
  request.feed(taken);
  assert.equal(request.push(Buffer.from("one")), true);
  assert.deepEqual(taken.told, ["one"]);
  assert.equal(request.readableEnded, false);
  request.push(Buffer.from("two"));
  request.push(null);
  assert.deepEqual(taken.told, ["one", "two", "end"]);
  assert.equal(request.readableEnded, true, "node:http lets go of it");
  assert.equal(request.readableLength, 0);
});

test("what has come before it was asked for comes first", async () => {
  const request = new BodyMessage(new Socket());
  request.push(Buffer.from("early"));
  const taken = new Taken();
  request.feed(taken);
  const ended = once(request, "end");
  request.push(Buffer.from("late"));
  request.push(null);
  assert.deepEqual(taken.told, []);
  await ended;
  assert.deepEqual(taken.told, ["early", "late", "end"]);
  assert.equal(request.readableEnded, true);
});

test("nobody has asked: the parser is told to stop at the stream's mark", () => {
  const request = new BodyMessage(new Socket());
  assert.equal(request.push(Buffer.alloc(request.readableHighWaterMark)), false);
});
