import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { recorded } from "./answer-fixture.ts";
import { MessageStreamDecoder } from "./decode-stream.ts";

const fixture = (name: string): Buffer => recorded(`stream-${name}.sse`);

interface Decoded {
  readonly events: readonly CanonicalEvent[];
  readonly skipped: number;
}

function decode(bytes: Buffer, sliceBytes = bytes.length): Decoded {
  const events: CanonicalEvent[] = [];
  const decoder = new MessageStreamDecoder({ event: (event) => events.push(event) });
  const scanner = new SseScanner();
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    scanner.push(bytes.subarray(at, at + sliceBytes), decoder);
  }
  scanner.end(decoder);
  decoder.end();
  return { events, skipped: decoder.skipped };
}

/** One line per event: what a reader of the stream would be told. */
function tell(event: CanonicalEvent): string {
  switch (event.type) {
    case "start":
      return `start ${event.model} ${event.upstreamId}`;
    case "text":
    case "refusal":
      return `${event.type} ${event.text}`;
    case "reasoning":
      return `reasoning ${event.text}|${event.signature ?? ""}|${event.redacted ?? ""}`;
    case "toolStart":
      return `toolStart ${event.index} ${event.id} ${event.name}`;
    case "toolDelta":
      return `toolDelta ${event.index} ${event.arguments}`;
    case "toolEnd":
      return `toolEnd ${event.index}`;
    case "citation":
      return `citation ${JSON.stringify(event.citation).slice(0, 24)}`;
    case "usage": {
      const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning } = event.usage;
      return `usage ${input} ${output} ${cacheRead} ${cacheWrite5m} ${cacheWrite1h} ${reasoning}`;
    }
    case "finish":
      return `finish ${event.reason}${event.stopSequence === null ? "" : ` ${event.stopSequence}`}`;
    case "error":
      return `error ${event.code}`;
    case "ping":
      return "ping";
  }
}

const start = "start claude-sonnet-4-5-20250929 msg_01XFDUDYJgAACzvnptvVoYEL";
const usage = "usage 25 12 0 0 0 0";
const end = [usage, "finish stop"];

const table: Readonly<Record<string, readonly string[]>> = {
  "plain-answer": [
    start,
    "ping",
    "text Hello",
    "text !",
    "text  How can I",
    "text  help you today?",
    ...end,
  ],
  "japanese-and-emoji": [start, "text こんにちは", "text 、世界", "text  🌏👩‍🚀", "text 。", ...end],
  "surrogate-pair-split-between-deltas": [start, "text One \ud83c", "text \udf0f world", ...end],
  "thinking-with-signature": [
    start,
    "ping",
    "reasoning The user||",
    "reasoning  greets.||",
    "reasoning |EqQBCgIYAhIM1gbcDa9GJwZA2b3h|",
    "text Hi",
    "text  there.",
    "usage 25 40 0 0 0 30",
    "finish stop",
  ],
  "thinking-omitted-but-signed": [
    start,
    "reasoning |EosnCkYICxIMMb3LzNrMu|",
    "text Hi.",
    "usage 25 90 0 0 0 80",
    "finish stop",
  ],
  "thinking-redacted": [start, "reasoning ||EmwKAhgBEgy3va3pzix/LafPsn4a", "text Hi.", ...end],
  "tool-call-after-text": [
    start,
    "text I will look.",
    "toolStart 0 toolu_01A09q90qw90lq917835lq9 get_weather",
    'toolDelta 0 {"location":',
    'toolDelta 0  "San',
    'toolDelta 0  Francisco, CA"}',
    "toolEnd 0",
    "usage 25 89 0 0 0 0",
    "finish tool",
  ],
  "parallel-tool-calls": [
    start,
    "toolStart 0 toolu_a get_weather",
    'toolDelta 0 {"location":"Paris"}',
    "toolEnd 0",
    "toolStart 1 toolu_b get_weather",
    'toolDelta 1 {"location":',
    'toolDelta 1 "Osaka"}',
    "toolEnd 1",
    "usage 25 60 0 0 0 0",
    "finish tool",
  ],
  "tool-call-without-arguments": [
    start,
    "toolStart 0 toolu_a get_time",
    "toolDelta 0 {}",
    "toolEnd 0",
    usage,
    "finish tool",
  ],
  "tool-call-with-its-input-at-once": [
    start,
    "toolStart 0 toolu_a get_weather",
    'toolDelta 0 {"location":"Paris"}',
    "toolEnd 0",
    usage,
    "finish tool",
  ],
  "web-search-with-citations": [
    start,
    "text Sunny",
    "text  today.",
    'citation {"type":"web_search_resu',
    "text Enjoy!",
    "usage 10682 510 0 0 0 0",
    "finish stop",
  ],
  "document-citation": [
    start,
    "text The grass is ",
    "text green",
    'citation {"type":"char_location",',
    ...end,
  ],
  refusal: [start, "text I was about", "usage 25 6 0 0 0 0", "finish refusal"],
  "ended-by-max-tokens": [start, "text One two", "text  three", usage, "finish length"],
  "ended-by-stop-sequence": [start, "text One", "usage 25 3 0 0 0 0", "finish stop two"],
  "ended-by-the-context-window": [start, "text One", usage, "finish length"],
  "paused-turn": [start, "text Searching", usage, "finish length"],
  "prompt-from-the-cache": [start, "text Hi", "usage 21 393 188086 456 292 0", "finish stop"],
  "usage-of-output-alone-at-the-end": [start, "text Hi", "usage 25 15 7 0 0 0", "finish stop"],
  "overloaded-after-content": [start, "text Hel", "error upstream_unavailable"],
  "error-before-content": [start, "error upstream_error"],
  "error-as-the-first-event": ["error upstream_rate_limited"],
  "cut-after-content": [start, "text Hello", "text ! How can", "error upstream_cut"],
  "cut-inside-a-frame": [start, "text Hello", "error upstream_cut"],
  "cut-before-message-stop": [start, "text Hello", "error upstream_cut"],
  "stop-without-a-reason": [start, "text Hello", "error upstream_cut"],
  empty: ["error upstream_malformed"],
  "without-event-names": [start, "text Hello", "text !", ...end],
  "without-block-starts": [start, "text Hel", "text lo", ...end],
  "unknown-events-between": [start, "text Hel", "text lo", ...end],
  "crlf-comments-and-spaced-json": [start, "text Hel", 'text lo "quoted" \\ back', ...end],
  "data-over-several-lines": [start, "text Hi", ...end],
  "broken-event-among-good-ones": [start, "text Hel", "text lo", ...end],
  "content-after-the-end": [start, "text Hello", ...end],
  "absurd-usage": [start, "text Hello", "finish stop"],
  "without-usage": [start, "text Hello", "finish stop"],
  "api-2026-10-21": ["start claude-sonnet-5-5 msg_01XFDUDYJgAACzvnptvVoYEL", "text Hello", ...end],
};

describe("MessageStreamDecoder on recorded streams", () => {
  for (const [name, told] of Object.entries(table)) {
    test(name, () => assert.deepEqual(decode(fixture(name)).events.map(tell), told));
    test(`${name}, one byte at a time`, () => {
      assert.deepEqual(decode(fixture(name), 1).events.map(tell), told);
    });
  }

  test("WIR-7 one broken event among good ones is skipped and counted", () => {
    assert.equal(decode(fixture("broken-event-among-good-ones")).skipped, 1);
    assert.equal(decode(fixture("unknown-events-between")).skipped, 0);
  });
});

const frame = (json: unknown): string => `event: x\ndata: ${JSON.stringify(json)}\n\n`;
const block = (index: unknown, value: unknown): string =>
  frame({ type: "content_block_start", index, content_block: value });
const delta = (index: unknown, value: unknown): string =>
  frame({ type: "content_block_delta", index, delta: value });
const closing = [
  frame({ type: "message_delta", delta: { stop_reason: "end_turn" } }),
  frame({ type: "message_stop" }),
].join("");

describe("blocks of unusual form", () => {
  const json = (text: string): object => ({ type: "input_json_delta", partial_json: text });
  const cases: readonly (readonly [
    what: string,
    frames: string[],
    told: string[],
    skipped: number,
  ])[] = [
    [
      "calls that overlap",
      [
        block(0, { type: "tool_use", id: "a", name: "f" }),
        block(1, { type: "tool_use", id: "b", name: "g" }),
        delta(0, json("{}")),
        delta(1, json("{")),
        delta(1, json("}")),
      ],
      [
        "toolStart 0 a f",
        "toolStart 1 b g",
        "toolDelta 0 {}",
        "toolDelta 1 {",
        "toolDelta 1 }",
        "toolEnd 0",
        "toolEnd 1",
      ],
      0,
    ],
    ["a call without a name", [block(0, { type: "tool_use", id: "a", name: "" })], [], 1],
    ["arguments of nobody", [delta(7, json("{}"))], [], 0],
    ["blocks that are none", [block(0, null), block(0, 5), delta(0, "x")], [], 3],
    ["a text that came whole", [block(0, { type: "text", text: "all" })], ["text all"], 0],
    ["an encrypted block without data", [block(0, { type: "redacted_thinking" })], [], 1],
    ["a citation of nothing", [delta(0, { type: "citations_delta", citation: null })], [], 0],
  ];
  for (const [what, frames, told, skipped] of cases) {
    test(what, () => {
      const decoded = decode(Buffer.from(frames.join("") + closing));
      const events = decoded.events.map(tell).filter((line) => line !== "start  null");
      assert.deepEqual(events, [...told, "finish stop"]);
      assert.equal(decoded.skipped, skipped);
    });
  }

  test("nesting that some engines cannot write again ends nothing", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const citation = `{"type":"citations_delta","citation":${deep}}`;
    const call = `{"type":"tool_use","id":"a","name":"f","input":${deep}}`;
    const frames = [
      `data: {"type":"content_block_delta","index":0,"delta":${citation}}\n\n`,
      `data: {"type":"content_block_start","index":1,"content_block":${call}}\n\n`,
    ];
    assert.equal(decode(Buffer.from(frames.join("") + closing)).events.at(-1)?.type, "finish");
  });
});

test("WIR-5 cut anywhere before its stop, a stream ends in an error, never in a finish", () => {
  const bytes = fixture("parallel-tool-calls");
  const stopAt = bytes.indexOf('"message_stop"');
  fc.assert(
    fc.property(fc.nat(stopAt), fc.integer({ min: 1, max: 700 }), (at, size) => {
      const { events } = decode(bytes.subarray(0, at), size);
      assert.equal(events.at(-1)?.type, "error");
      assert.equal(events.filter((event) => event.type === "finish").length, 0);
    }),
    { numRuns: 300 },
  );
});

test("whatever the bytes, there is one start, one terminal and nothing after it", () => {
  const words = fc.constantFrom("text", "thinking", "tool_use", "redacted_thinking", "x");
  const inner = fc.record(
    {
      type: fc.oneof(words, fc.constantFrom("text_delta", "input_json_delta", "citations_delta")),
      text: fc.jsonValue(),
      id: fc.jsonValue(),
      name: fc.jsonValue(),
      partial_json: fc.jsonValue(),
      citation: fc.jsonValue(),
    },
    { requiredKeys: ["type"] },
  );
  const made = fc.oneof(
    fc.jsonValue(),
    fc.record({ type: fc.constant("message_start"), message: fc.jsonValue() }),
    fc.record({ type: fc.constant("content_block_start"), index: fc.nat(3), content_block: inner }),
    fc.record({ type: fc.constant("content_block_delta"), index: fc.nat(3), delta: inner }),
    fc.record({ type: fc.constant("content_block_stop"), index: fc.nat(3) }),
    fc.record({
      type: fc.constant("message_delta"),
      delta: fc.record({ stop_reason: fc.constantFrom(null, "", "end_turn", 5) }),
      usage: fc.jsonValue(),
    }),
    fc.constantFrom({ type: "message_stop" }, { type: "ping" }, { type: "error" }),
  );
  const text = fc.oneof(
    made.map(frame),
    fc.constantFrom(": x\n\n", "event: error\ndata: {}\n\n", "x"),
  );
  fc.assert(
    fc.property(fc.array(text), fc.integer({ min: 1, max: 99 }), (frames, size) => {
      const types = decode(Buffer.from(frames.join("")), size).events.map((event) => event.type);
      const terminals = types.filter((type) => type === "finish" || type === "error");
      assert.equal(terminals.length, 1);
      assert.equal(types.at(-1), terminals[0]);
      const said = types.filter((type) => type !== "ping");
      assert.ok(said.lastIndexOf("start") <= 0);
    }),
    { numRuns: 2000 },
  );
});

test("WIR-11 what the prompt came to is known from the start, also of a stream that is cut", () => {
  const decoder = new MessageStreamDecoder({ event: () => {} });
  const told = (): Usage | null => decoder.promptUsage;
  assert.equal(told(), null);
  const usage = { input_tokens: 9, cache_read_input_tokens: 100, output_tokens: 1 };
  const data = JSON.stringify({ type: "message_start", message: { usage } });
  const frame = Buffer.from(`event: message_start\ndata: ${data}\n\n`);
  decoder.frame(frame, 0, frame.length);
  const promptUsage = told();
  assert.deepEqual([promptUsage?.input, promptUsage?.cacheRead, promptUsage?.output], [9, 100, 0]);
});
