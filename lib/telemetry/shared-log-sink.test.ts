import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import * as fc from "fast-check";
import { StreamLogSink } from "./log-sink.ts";
import { sharedSinkOf, SharedLogSink, wholeBytes } from "./shared-log-sink.ts";

/** A pipe that takes each write when it is told to; joins what has waited, as pipes do. */
class SlowPipe extends Writable {
  readonly taken: string[] = [];
  #take: ((error?: Error) => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#hold(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
    this.#hold(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  /** False where nobody writes. */
  async goOn(error?: Error): Promise<boolean> {
    const take = this.#take;
    this.#take = null;
    take?.(error);
    await new Promise((resolve) => process.nextTick(resolve));
    return take !== null;
  }

  #hold(bytes: Buffer, done: (error?: Error) => void): void {
    this.taken.push(bytes.toString());
    this.#take = done;
  }
}

const line = fc.integer({ min: 0, max: 9_000 }).map((length) => `${"é".repeat(length / 2)}\n`);

test("what leaves at once is whole lines of 4 KiB together, or one that is longer", async () => {
  const lines = fc.array(fc.oneof(line, fc.constant("short\n")), { minLength: 1, maxLength: 30 });
  const property = fc.asyncProperty(fc.array(lines, { maxLength: 5 }), async (writes) => {
    const pipe = new SlowPipe();
    const sink = new SharedLogSink(pipe);
    for (const text of writes) {
      let isDrained = sink.write(text.join(""));
      sink.onDrain(() => (isDrained = true));
      while (await pipe.goOn());
      assert.ok(isDrained);
    }
    assert.equal(pipe.taken.join(""), writes.flat().join(""));
    for (const each of pipe.taken) {
      assert.ok(each.endsWith("\n"));
      const isOne = each.indexOf("\n") === each.length - 1;
      assert.ok(isOne || Buffer.byteLength(each) <= wholeBytes, `${each.length} characters`);
    }
  });
  await fc.assert(property);
});

test("one write waits for the other, though the last words of a process do not wait", async () => {
  const pipe = new SlowPipe();
  const sink = new SharedLogSink(pipe);
  assert.equal(sink.write("one\n"), false);
  let drained = 0;
  sink.onDrain(() => (drained += 1));
  assert.equal(sink.write("two\n"), false);
  assert.deepEqual(pipe.taken, ["one\n"]);
  await pipe.goOn();
  assert.deepEqual([pipe.taken.length, drained], [2, 0]);
  await pipe.goOn();
  assert.deepEqual([pipe.taken, drained], [["one\n", "two\n"], 1]);
});

test("a pipe that takes all at once is never full", () => {
  const taken: string[] = [];
  const pipe = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk.toString());
      done();
    },
  });
  const sink = new SharedLogSink(pipe);
  const text = "0123456789\n".repeat(1_000);
  assert.equal(sink.write(text), true);
  assert.equal(taken.join(""), text);
  assert.equal(taken.length, 3);
});

test("a pipe that breaks ends neither the process nor the log", async () => {
  const pipe = new SlowPipe();
  const sink = new SharedLogSink(pipe);
  assert.equal(sink.write("nobody reads this\n".repeat(1_000)), false);
  const drained = new Promise<void>((resolve) => sink.onDrain(resolve));
  await pipe.goOn(new Error("EPIPE"));
  await drained;
  assert.equal(sink.write("nor this\n"), true);
  assert.equal(pipe.taken.length, 1);
});

test("a file is handed what there is, a pipe whole lines", () => {
  const file = new Writable({ write: (_chunk, _encoding, done) => done() });
  assert.ok(sharedSinkOf(file) instanceof StreamLogSink);
  assert.ok(sharedSinkOf(new PassThrough()) instanceof SharedLogSink);
});
