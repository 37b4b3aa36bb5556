import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalEvent } from "../canonical/event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { recorded } from "./answer-fixture.ts";
import { ChatStreamDecoder } from "./decode-stream.ts";

const fixture = (name: string): Buffer => recorded(`stream-${name}.sse`);

interface Decoded {
  readonly events: readonly CanonicalEvent[];
  readonly skipped: number;
}

function decode(bytes: Buffer, sliceBytes = bytes.length): Decoded {
  const events: CanonicalEvent[] = [];
  const decoder = new ChatStreamDecoder({ event: (event) => events.push(event) });
  const scanner = new SseScanner();
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    scanner.push(bytes.subarray(at, at + sliceBytes), decoder);
  }
  scanner.end(decoder);
  decoder.end();
  return { events, skipped: decoder.skipped };
}

/** One word per event: what a reader of the stream would be told. */
function tell(event: CanonicalEvent): string {
  switch (event.type) {
    case "start":
      return `start ${event.model} ${event.upstreamId} ${event.createdMs}`;
    case "text":
    case "refusal":
    case "reasoning":
      return `${event.type} ${event.text}`;
    case "toolStart":
      return `toolStart ${event.index} ${event.id} ${event.name}`;
    case "toolDelta":
      return `toolDelta ${event.index} ${event.arguments}`;
    case "toolEnd":
      return `toolEnd ${event.index}`;
    case "citation":
      return `citation ${JSON.stringify(event.citation).slice(0, 24)}`;
    case "usage": {
      const { input, output, cacheRead, reasoning } = event.usage;
      return `usage ${input} ${output} ${cacheRead} ${reasoning}`;
    }
    case "finish":
      return `finish ${event.reason}`;
    case "error":
      return `error ${event.code}`;
    case "ping":
      return "ping";
  }
}

const start = "start gpt-4.1-mini-2025-04-14 chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT 1741569952000";
const azure = "start gpt-4o-mini-2024-07-18 chatcmpl-AnhIt2rw8vL8czymkCwEOKKTg7HPc 1736407895000";
const ollama = "start mistral:latest chatcmpl-693 1715427619000";
const usage = "usage 19 10 0 0";

const table: Readonly<Record<string, readonly string[]>> = {
  "plain-answer-with-usage": [
    start,
    "text Hello",
    "text !",
    "text  How can I",
    "text  help you today?",
    usage,
    "finish stop",
  ],
  "japanese-and-emoji": [
    start,
    "text こんにちは",
    "text 、世界",
    "text  🌏👩‍🚀",
    "text 。",
    usage,
    "finish stop",
  ],
  "surrogate-pair-split-between-deltas": [
    start,
    "text One \ud83c",
    "text \udf0f world",
    usage,
    "finish stop",
  ],
  "tool-call": [
    start,
    "toolStart 0 call_DdmO9pD3xa9XTPNJ32zg2hcA get_weather",
    'toolDelta 0 {"',
    "toolDelta 0 location",
    'toolDelta 0 ":"',
    "toolDelta 0 Paris",
    'toolDelta 0 "}',
    "toolEnd 0",
    usage,
    "finish tool",
  ],
  "parallel-tool-calls": [
    start,
    "toolStart 0 call_a get_weather",
    'toolDelta 0 {"location":',
    'toolDelta 0 "Paris"}',
    "toolStart 1 call_b get_weather",
    'toolDelta 1 {"location":',
    'toolDelta 1 "Osaka"}',
    "toolEnd 0",
    "toolEnd 1",
    usage,
    "finish tool",
  ],
  "parallel-tool-calls-all-with-index-0": [
    start,
    "toolStart 0 call_a get_weather",
    'toolDelta 0 {"location":"Paris"}',
    "toolStart 1 call_b get_time",
    'toolDelta 1 {"zone":"Asia/Tokyo"}',
    "toolEnd 0",
    "toolEnd 1",
    "finish tool",
  ],
  "tool-call-without-id": [
    start,
    "toolStart 0 call_8CjcvOU2jLn4n570S5qMJKcT_0 get_weather",
    "toolDelta 0 {}",
    "toolEnd 0",
    "finish tool",
  ],
  refusal: [
    start,
    "refusal I'm sorry,",
    "refusal  I cannot help with that.",
    usage,
    "finish refusal",
  ],
  "ended-by-length": [start, "text One two", "text  three", usage, "finish length"],
  "azure-filter-annotations": [azure, "text The date", "text  is set.", usage, "finish stop"],
  "azure-content-filtered": [azure, "text I was", "finish filter"],
  "error-after-content": [start, "text Hel", "error upstream_error"],
  "error-before-content": ["error upstream_error"],
  "named-error-event": [start, "error upstream_rate_limited"],
  "error-code-as-number-then-done": [start, "text Hel", "error upstream_error"],
  "finish-reason-error": [start, "text Hel", "error upstream_unavailable"],
  "cut-after-content": [start, "text Hello", "text ! How can", "error upstream_cut"],
  "cut-inside-a-frame": [start, "text Hello", "error upstream_cut"],
  empty: ["error upstream_malformed"],
  "finish-without-done": [start, "text Hello", "finish stop"],
  "done-without-finish": [start, "text Hello", "error upstream_cut"],
  "done-without-final-newlines": [start, "text Hello", "finish stop"],
  "vllm-reasoning-and-no-role-chunk": [
    "start Qwen/Qwen3-8B chatcmpl-9e1 1754450000000",
    "reasoning The user greets",
    "reasoning  me.",
    "text Hi",
    "text  there.",
    "usage 12 8 0 0",
    "finish stop",
  ],
  "ollama-role-in-every-chunk": [
    ollama,
    "text  Hello",
    "text  if",
    "text  you",
    "usage 5 3 0 0",
    "finish stop",
  ],
  "ollama-empty-finish-reason-until-the-end": [ollama, "text  Hello", "text  if", "finish stop"],
  "usage-in-the-finish-chunk": [start, "text Hello", "usage 4 4 16 0", "finish stop"],
  "absurd-usage": [start, "text Hello", "finish stop"],
  "crlf-comments-and-spaced-json": [
    start,
    "text Hel",
    'text lo "quoted" \\ back',
    usage,
    "finish stop",
  ],
  "data-over-several-lines": ["start m chatcmpl-1 1000", "text Hi", "finish stop"],
  "two-choices": [start, "text Heads", usage, "finish stop"],
  "broken-event-among-good-ones": [start, "text Hel", "text lo", "finish stop"],
  "with-obfuscation": [start, "text Hello", "text !", "text  I am here.", usage, "finish stop"],
  "content-after-the-end": [start, "text Hello", "finish stop"],
  citations: [start, "text See this.", 'citation {"type":"url_citation","', "finish stop"],
};

describe("ChatStreamDecoder on recorded streams", () => {
  for (const [name, told] of Object.entries(table)) {
    test(name, () => assert.deepEqual(decode(fixture(name)).events.map(tell), told));
    test(`${name}, one byte at a time`, () => {
      assert.deepEqual(decode(fixture(name), 1).events.map(tell), told);
    });
  }

  test("WIR-7 one broken event among good ones is skipped and counted", () => {
    assert.equal(decode(fixture("broken-event-among-good-ones")).skipped, 1);
    assert.equal(decode(fixture("plain-answer-with-usage")).skipped, 0);
  });
});

const streamOf = (...deltas: readonly string[]): Buffer => {
  const frames = deltas.map((delta) => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`);
  return Buffer.from(`${frames.join("")}data: {"choices":[{"finish_reason":"stop"}]}\n\n`);
};

describe("deltas of unusual form", () => {
  const begun = "start  null null";
  const call = (members: string): string => `{"tool_calls":[{"index":0,${members}}]}`;
  const cases: readonly (readonly [what: string, deltas: string[], told: string[]])[] = [
    ["content as parts", ['{"content":[{"type":"text","text":"a"},{"text":"b"},1]}'], ["text ab"]],
    [
      "arguments as an object",
      [call('"id":"c","function":{"name":"f","arguments":{"a":1}}')],
      ["toolStart 0 c f", 'toolDelta 0 {"a":1}', "toolEnd 0"],
    ],
    [
      "a name behind its id",
      [call('"id":"c"'), call('"function":{"name":"f"}'), call('"function":{"arguments":"{}"}')],
      ["toolStart 0 c f", "toolDelta 0 {}", "toolEnd 0"],
    ],
    ["arguments of nobody", [call('"function":{"arguments":"{}"}')], []],
    ["calls that are none", ['{"tool_calls":[1,null,{}]}'], []],
    ["reasoning in its other spelling", ['{"reasoning":"hm"}'], ["reasoning hm"]],
  ];
  for (const [what, deltas, told] of cases) {
    test(what, () => {
      const { events } = decode(streamOf(...deltas));
      assert.deepEqual(events.map(tell), [begun, ...told, "finish stop"]);
    });
  }

  test("arguments of nobody are counted as not understood", () => {
    assert.equal(decode(streamOf(call('"function":{"arguments":"{}"}'))).skipped, 1);
  });

  test("nesting that some engines cannot write again ends nothing", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const { events } = decode(
      streamOf(
        `{"annotations":[${deep}]}`,
        call(`"id":"c","function":{"name":"f","arguments":${deep}}`),
      ),
    );
    assert.equal(events.at(-1)?.type, "finish");
  });
});

test("WIR-5 cut anywhere before its finish, a stream ends in an error, never in a finish", () => {
  const bytes = fixture("parallel-tool-calls");
  const finishAt = bytes.indexOf('"finish_reason":"tool_calls"');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: finishAt }),
      fc.integer({ min: 1, max: 700 }),
      (at, size) => {
        const { events } = decode(bytes.subarray(0, at), size);
        assert.equal(events.at(-1)?.type, "error");
        assert.equal(events.filter((event) => event.type === "finish").length, 0);
      },
    ),
    { numRuns: 300 },
  );
});

test("whatever the bytes, there is one terminal and nothing after it", () => {
  const frame = fc.oneof(
    fc.jsonValue().map((json) => `data: ${JSON.stringify(json)}\n\n`),
    fc
      .record({ choices: fc.array(fc.jsonValue()) })
      .map((json) => `data: ${JSON.stringify(json)}\n\n`),
    fc
      .record({ delta: fc.jsonValue(), finish_reason: fc.constantFrom(null, "", "stop", 5) })
      .map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`),
    fc.record({ tool_calls: fc.array(fc.jsonValue()) }).map((delta) => {
      return `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`;
    }),
    fc.constantFrom("data: [DONE]\n\n", ": x\n\n", "data:\n\n", "event: error\ndata: {}\n\n", "x"),
  );
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 99 }), (frames, size) => {
      const types = decode(Buffer.from(frames.join("")), size).events.map((event) => event.type);
      const terminals = types.filter((type) => type === "finish" || type === "error");
      assert.equal(terminals.length, 1);
      assert.deepEqual(types.at(-1), terminals[0]);
      assert.ok(types.lastIndexOf("start") <= 0);
    }),
    { numRuns: 2000 },
  );
});
