import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsEventStreamMessage } from "@sekisho/wire/framing/aws-event-stream-message.ts";
import fc from "fast-check";
import { AnswerReader, BrokenAnswer } from "./answer-reader.ts";

const sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const stream =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
  'f\r\ndata: {"a":1}\n\n\r\n' +
  "A\r\ndata: {}\n\n\r\n" +
  "7\r\ndata: [\r\n8\r\nDONE]\n\n\n\r\n1\r\n\n\r\n" +
  "0\r\nx-trailer: 1\r\n\r\n";

function read(...parts: readonly string[]): { reader: AnswerReader; complete: boolean[] } {
  const reader = new AnswerReader();
  return { reader, complete: parts.map((part) => reader.feed(Buffer.from(part, "latin1"))) };
}

test("a sized answer is complete with its last byte", () => {
  const { reader, complete } = read(sized.slice(0, -1), sized.slice(-1));
  assert.deepEqual(complete, [false, true]);
  assert.equal(reader.status, 200);
  assert.equal(reader.bodyBytes, 5);
});

test("an empty answer is complete with its head", () => {
  assert.deepEqual(read("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n").complete, [true]);
  assert.deepEqual(read("HTTP/1.1 204 No Content\r\n\r\n").complete, [true]);
});

test("a chunked stream ends after its trailer and has its events counted", () => {
  const { reader, complete } = read(stream);
  assert.deepEqual(complete, [true]);
  assert.equal(reader.events, 4);
});

test("any slicing of the bytes gives the same answer", () => {
  const cuts = fc.array(fc.nat(stream.length), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (places) => {
      const edges = [0, ...places.sort((a, b) => a - b), stream.length];
      const parts = edges.slice(1).map((end, index) => stream.slice(edges[index], end));
      const { reader, complete } = read(...parts.filter((part) => part !== ""));
      assert.equal(complete.indexOf(true), complete.length - 1);
      assert.equal(reader.events, 4);
      assert.equal(reader.bodyBytes, 41);
    }),
  );
});

test("messages of an AWS event stream are counted by their lengths, whatever the slices", () => {
  const message = new AwsEventStreamMessage({ ":event-type": "contentBlockDelta" });
  // The second one would hold an empty server-sent event.
  const messages = Buffer.concat(
    ["{}", "\n\n", "x".repeat(300)].map((text) => message.encode(text)),
  );
  const head =
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n" +
    `Content-Length: ${messages.length}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), messages]);
  for (const size of [1, 3, 7, bytes.length]) {
    const reader = new AnswerReader();
    let isComplete = false;
    for (let at = 0; at < bytes.length; at += size) {
      isComplete = reader.feed(bytes.subarray(at, at + size));
    }
    assert.deepEqual([isComplete, reader.events], [true, 3]);
  }
});

test("a message that ends amid its bytes is not counted", () => {
  const message = new AwsEventStreamMessage({}).encode("{}");
  const cut = message.subarray(0, -1);
  const reader = new AnswerReader();
  const type = "Content-Type: application/vnd.amazon.eventstream";
  reader.feed(Buffer.from(`HTTP/1.1 200 OK\r\n${type}\r\nContent-Length: ${cut.length}\r\n\r\n`));
  assert.equal(reader.feed(cut), true);
  assert.equal(reader.events, 0);
});

test("a kept part of a head does not alias the caller's buffer", () => {
  const reader = new AnswerReader();
  const shared = Buffer.from("HTTP/1.1 200 OK\r\nConte");
  reader.feed(shared);
  shared.fill("x");
  assert.equal(reader.feed(Buffer.from("nt-Length: 2\r\n\r\nok")), true);
  assert.equal(reader.status, 200);
});

test("an answer without a length ends with its connection", () => {
  const { reader, complete } = read("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n");
  assert.deepEqual(complete, [false]);
  assert.equal(reader.endsAtClose(), true);
  assert.equal(reader.events, 1);
});

test("an announced close is seen, whatever the case of its letters", () => {
  const { reader } = read("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx");
  assert.equal(reader.closes, true);
});

test("reset() forgets the answer before", () => {
  const { reader } = read(stream);
  reader.reset();
  assert.equal(reader.feed(Buffer.from(sized)), true);
  assert.equal(reader.events, 0);
  assert.equal(reader.bodyBytes, 5);
});

test("broken framing and endless heads are refused", () => {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  assert.throws(() => read(`${chunked}zz\r\n`), BrokenAnswer);
  assert.throws(() => read(`${chunked}5;name=value\r\n`), BrokenAnswer);
  assert.throws(() => read(`HTTP/1.1 200 OK\r\n${"x".repeat(17_000)}`), BrokenAnswer);
});
