import assert from "node:assert/strict";
import { test } from "node:test";

import { recorded } from "./answer-fixture.ts";
import { ChunkFramer } from "./chunk-framer.ts";

function framed(bytes: Buffer, slice: number): string[] {
  const frames: string[] = [];
  const sink = {
    frame: (frame: Buffer, from: number, to: number) => {
      frames.push(frame.toString("utf8", from, to));
    },
  };
  const framer = new ChunkFramer();
  for (let at = 0; at < bytes.length; at += slice) {
    assert.ok(framer.push(bytes.subarray(at, at + slice), sink));
  }
  framer.end(sink);
  return frames;
}

test("WIR-10 frames keep both bytes of their line ends, whatever the slicing", () => {
  const bytes = recorded("stream-thoughts-then-a-signed-call.sse");
  for (const slice of [1, 2, 3, 5, 64, bytes.length]) {
    const frames = framed(bytes, slice);
    assert.equal(frames.length, 4);
    assert.equal(frames.join(""), bytes.toString("utf8"));
  }
});

test("a stream of CR alone is read to its end", () => {
  assert.deepEqual(framed(Buffer.from("data: {}\r\rdata: 1\r\r"), 1), [
    "data: {}\r\r",
    "data: 1\r\r",
  ]);
});
