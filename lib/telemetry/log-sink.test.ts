import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { StreamLogSink } from "./log-sink.ts";

test("says when the stream is full and when it drained", async () => {
  const stream = new PassThrough({ highWaterMark: 10 });
  const sink = new StreamLogSink(stream);
  assert.equal(sink.write("short"), true);
  assert.equal(sink.write("long enough"), false);
  const drained = new Promise<void>((resolve) => sink.onDrain(resolve));
  stream.resume();
  await drained;
  assert.equal(sink.write("again"), true);
});

test("a broken stream ends neither the process nor the log", async () => {
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(new Error("EPIPE")),
  });
  const sink = new StreamLogSink(stream);
  assert.equal(sink.write("nobody reads this"), false);
  await new Promise<void>((resolve) => sink.onDrain(resolve));
  assert.equal(sink.write("nor this"), true);
});

test("sinks that came and went on one stream leave one listener, and take up again", async () => {
  const stream = new PassThrough({ highWaterMark: 10 });
  for (let n = 0; n < 3; n += 1) {
    const sink = new StreamLogSink(stream);
    assert.equal(sink.write("more than ten"), false);
    const drained = new Promise<void>((resolve) => sink.onDrain(resolve));
    stream.resume();
    await drained;
    stream.pause();
  }
  const count = (event: string) => stream.listenerCount(event);
  const idle = new PassThrough();
  assert.deepEqual(
    [count("error"), count("drain")],
    [idle.listenerCount("error") + 1, idle.listenerCount("drain")],
  );
});
