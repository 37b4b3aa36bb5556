import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf, readChunk } from "./chunk-payload.ts";

const eventIn = (payload: string): unknown => {
  const bytes = Buffer.from(payload);
  const frame = readChunk(bytes, 0, bytes.length);
  assert.ok(frame);
  assert.match(frame.toString(), /^data: [^\r\n]*\n\n$/);
  return JSON.parse(eventOf(frame).toString());
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test("WIR-7 the event of a chunk is one line, however its JSON is laid out", () => {
  const event = { type: "ping", text: "a\nb あ" };
  for (const text of [
    JSON.stringify(event),
    JSON.stringify(event, null, 2),
    `\n\t${JSON.stringify(event, null, "\t").replaceAll("\n", "\r\n")}\r\n`,
  ]) {
    assert.deepEqual(eventIn(`{"bytes":"${base64(text)}"}`), event);
    assert.deepEqual(eventIn(`{ "p" : "abc",\n"bytes" : "${base64(text)}" }`), event);
  }
});

test("WIR-7 a payload without an event is none", () => {
  for (const payload of ["", "{}", '{"bytes":1}', '{"bytes":"', "null"]) {
    const bytes = Buffer.from(payload);
    assert.equal(readChunk(bytes, 0, bytes.length), null, payload);
  }
});
