import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { decodeWith, recorded, tell, type Decoded } from "./answer-fixture.ts";
import { ConverseStreamDecoder } from "./decode-stream.ts";

const fixture = (name: string): Buffer => recorded(`stream-${name}.bin`);

const decode = (bytes: Buffer, sliceBytes?: number): Decoded =>
  decodeWith((sink) => new ConverseStreamDecoder(sink), bytes, sliceBytes);

const start = "start  null null";
const usage = "usage 19 10 0 0 0";
const stop = "finish stop";
const one = [start, "text One"];

const table: Readonly<Record<string, readonly string[]>> = {
  "plain-answer": [
    start,
    "text Hello",
    "text !",
    "text  How can I",
    "text  help you today?",
    usage,
    stop,
  ],
  "japanese-and-emoji": [
    start,
    "text こんにちは",
    "text 、世界",
    "text  🌏👩‍🚀",
    "text 。",
    usage,
    stop,
  ],
  "surrogate-pair-split-between-deltas": [
    start,
    "text One \ud83c",
    "text \udf0f world",
    usage,
    stop,
  ],
  "tool-call": [
    start,
    "text I will look.",
    "toolStart 0 tooluse_Ab1 get_weather",
    'toolDelta 0 {"loca',
    'toolDelta 0 tion": "Par',
    'toolDelta 0 is"}',
    "toolEnd 0",
    usage,
    "finish tool",
  ],
  "parallel-tool-calls": [
    start,
    "toolStart 0 tooluse_A get_weather",
    'toolDelta 0 {"location": "Paris"}',
    "toolEnd 0",
    "toolStart 1 tooluse_B get_weather",
    'toolDelta 1 {"location": ',
    'toolDelta 1 "Osaka"}',
    "toolEnd 1",
    usage,
    "finish tool",
  ],
  "tool-call-without-arguments": [
    start,
    "toolStart 0 tooluse_A now",
    "toolDelta 0 {}",
    "toolEnd 0",
    usage,
    "finish tool",
  ],
  "reasoning-with-signature": [
    start,
    "reasoning Let me -",
    "reasoning  think. -",
    "reasoning  EqQBCkYIBxgCKkD+/==",
    "text 42",
    usage,
    stop,
  ],
  "redacted-reasoning": [start, "reasoning  RW1wdHk=", "text 42", usage, stop],
  citations: [start, "text The grass is green.", 'citation {"type":"char_location",', usage, stop],
  "ended-by-length": [...one, "text  two", usage, "finish length"],
  "stop-sequence-told": [...one, usage, "finish stop END"],
  "guardrail-intervened": [
    start,
    "text Sorry, I cannot answer that.",
    "usage 0 0 0 0 0",
    "finish filter",
  ],
  "malformed-tool-use": [start, "text I will", usage, "error upstream_error"],
  "cached-usage": [start, "text Hi", "usage 3 10 2000 100 2000", stop],
  "throttled-before-content": ["error upstream_rate_limited"],
  "internal-error-after-content": [start, "text Hel", "error upstream_error"],
  "model-error-after-content": [start, "text Hel", "error upstream_error"],
  "validation-error-before-content": [start, "error context_length_exceeded"],
  "unavailable-after-content": [start, "text Hel", "error upstream_unavailable"],
  "timeout-after-content": [start, "text Hel", "error upstream_timeout"],
  "unmodeled-error": [start, "text Hel", "error upstream_error"],
  "cut-after-content": [...one, "text  two", "error upstream_cut"],
  "cut-inside-a-message": [...one, "error upstream_cut"],
  "stop-without-metadata": [...one, stop],
  "metadata-twice": [...one, usage, stop],
  "metadata-before-the-stop": [...one, usage, stop],
  "absurd-usage": [...one, stop],
  "unknown-events": [...one, usage, stop],
  "unknown-delta": [...one, "text  two", usage, stop],
  "broken-event-among-good-ones": [...one, "text  two", usage, stop],
  "without-a-kind": [...one, usage, stop],
  empty: ["error upstream_malformed"],
  html: ["error upstream_malformed"],
  "content-after-the-end": [...one, usage, stop],
  "other-key-order-and-no-padding": [
    start,
    "text One",
    'text  "two"',
    "text  \\three",
    usage,
    stop,
  ],
  "no-content": [start, usage, stop],
};

describe("ConverseStreamDecoder on recorded streams", () => {
  for (const [name, told] of Object.entries(table)) {
    for (const slice of [undefined, 1, 100]) {
      test(`${name}${slice === undefined ? "" : `, ${slice} bytes at a time`}`, () => {
        assert.deepEqual(decode(fixture(name), slice).events.map(tell), told);
      });
    }
  }

  test("WIR-7 a flipped bit is no text: the framing breaks", () => {
    const { isGood, events } = decode(fixture("flipped-bit"));
    assert.ok(!isGood);
    assert.ok(events.length <= 2);
  });

  test("WIR-7 what is not understood among good ones is skipped and counted", () => {
    const skipped = [
      "plain-answer",
      "unknown-events",
      "unknown-delta",
      "broken-event-among-good-ones",
      "without-a-kind",
    ].map((name) => decode(fixture(name)).skipped);
    assert.deepEqual(skipped, [0, 0, 1, 1, 1]);
  });

  test("an exception brings its words where the request is to blame, and no account", () => {
    const messageOf = (name: string): string => {
      const last = decode(fixture(name)).events.at(-1);
      return last?.type === "error" ? last.message : "";
    };
    assert.equal(
      messageOf("validation-error-before-content"),
      "Input is too long for requested model.",
    );
    assert.doesNotMatch(messageOf("unmodeled-error"), /arn|1234/);
  });
});

const event = (type: string, json: unknown): Buffer =>
  new AwsEventStreamMessage({
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  }).encode(JSON.stringify(json));

const told = (...frames: readonly Buffer[]): string[] =>
  decode(Buffer.concat(frames)).events.map(tell);

describe("streams that do not keep the order", () => {
  const deltaOf = (delta: unknown, contentBlockIndex: unknown = 0): Buffer =>
    event("contentBlockDelta", { contentBlockIndex, delta });
  const stopped = event("messageStop", { stopReason: "end_turn" });

  test("content without a start starts the answer", () => {
    assert.deepEqual(told(deltaOf({ text: "a" }), stopped), [start, "text a", stop]);
  });

  test("arguments of a call that never began are skipped", () => {
    assert.deepEqual(told(deltaOf({ toolUse: { input: "{}" } }), stopped), [start, stop]);
  });

  test("a call that is not stopped ends with the answer", () => {
    const begun = event("contentBlockStart", {
      contentBlockIndex: 3,
      start: { toolUse: { toolUseId: "t", name: "f" } },
    });
    assert.deepEqual(told(begun, deltaOf({ toolUse: { input: "{" } }, 3), stopped), [
      start,
      "toolStart 0 t f",
      "toolDelta 0 {",
      "toolEnd 0",
      stop,
    ]);
  });

  test("WIR-5 a stop without a reason is none", () => {
    assert.deepEqual(told(deltaOf({ text: "a" }), event("messageStop", {})), [
      start,
      "text a",
      "error upstream_cut",
    ]);
  });

  test("an unknown reason is an end by itself", () => {
    assert.deepEqual(told(deltaOf({ text: "a" }), event("messageStop", { stopReason: "new" })), [
      start,
      "text a",
      stop,
    ]);
  });

  test("exceptions of a name that nobody knows, without a body", () => {
    const exception = new AwsEventStreamMessage({
      ":message-type": "exception",
      ":exception-type": "newException",
    });
    assert.deepEqual(told(exception.encode("")), ["error upstream_error"]);
    assert.deepEqual(told(exception.encode("<html>")), ["error upstream_error"]);
  });

  test("events of any JSON: no throw, one terminal, nothing after it", () => {
    const types = fc.constantFrom(
      "messageStart",
      "contentBlockStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
      "other",
    );
    const keys = fc.constantFrom(
      "contentBlockIndex",
      "delta",
      "start",
      "toolUse",
      "toolUseId",
      "name",
      "input",
      "text",
      "reasoningContent",
      "signature",
      "redactedContent",
      "citation",
      "location",
      "web",
      "stopReason",
      "usage",
      "inputTokens",
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, 0, 1, "a", "", true),
        fc.array(tie("json"), { maxLength: 2 }),
        fc.dictionary(keys, tie("json"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(fc.tuple(types, json), { maxLength: 6 }), (made) => {
        const frames = made.map(([type, value]) => event(type, value));
        const { events } = decode(Buffer.concat(frames));
        const ends = events.filter((said) => said.type === "finish" || said.type === "error");
        assert.equal(ends.length, 1);
        assert.equal(events.at(-1), ends[0]);
      }),
      { numRuns: 2000 },
    );
  });
});
