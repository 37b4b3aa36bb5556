import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseClientFrame } from "./client-frame.ts";

const good: readonly (readonly [string, object])[] = [
  [
    '{"type":"start","id":"a","request":{"model":"m"},"user":"u","more":1}',
    {
      type: "start",
      id: "a",
      dialect: "openai",
      request: { model: "m" },
      timeoutMs: null,
      idempotencyKey: null,
      user: "u",
      session: null,
      agent: null,
    },
  ],
  [
    '{"type":"resume","response":"rsp_1"}',
    { type: "resume", response: "rsp_1", after: -1, part: null, epoch: 0 },
  ],
  [
    '{"type":"resume","response":"rsp_1","after":7,"part":2,"epoch":1}',
    { type: "resume", response: "rsp_1", after: 7, part: 2, epoch: 1 },
  ],
  ['{"type":"cancel","response":"rsp_1"}', { type: "cancel", response: "rsp_1" }],
  ['{"type":"authenticate","token":"t"}', { type: "authenticate", token: "t" }],
  ['{"type":"pong"}', { type: "pong" }],
];

for (const [text, expected] of good) {
  test(`STR-10 a frame is read: ${text}`, () => {
    assert.deepEqual(parseClientFrame(text), { ok: true, value: expected });
  });
}

const wrong = [
  "",
  "null",
  "[]",
  '{"type":"toString"}',
  '{"type":"__proto__"}',
  '{"type":1}',
  '{"type":"start","id":"a","request":[]}',
  '{"type":"start","id":"a","request":{},"dialect":"latin"}',
  '{"type":"start","id":1,"request":{}}',
  '{"type":"start","id":"a","request":{},"user":"no blanks"}',
  '{"type":"start","id":"a","request":{},"timeoutMs":-1}',
  '{"type":"start","id":"a","request":{},"idempotencyKey":""}',
  '{"type":"start","id":"a","request":{},"idempotencyKey":"a b"}',
  '{"type":"resume"}',
  '{"type":"resume","response":"r","after":1.5}',
  '{"type":"resume","response":"r","after":-2}',
  '{"type":"resume","response":"r","part":0}',
  '{"type":"cancel","response":""}',
  '{"type":"authenticate"}',
];

for (const text of wrong) {
  test(`STR-11 a frame is refused: ${text}`, () => {
    const read = parseClientFrame(text);
    assert.ok(!read.ok && read.message.startsWith("Cannot read the frame: "));
  });
}

test("STR-11 whatever comes, nothing is thrown", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseClientFrame(text);
    }),
  );
});
