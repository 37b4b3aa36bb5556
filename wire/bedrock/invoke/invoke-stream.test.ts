import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { observedKind, type ObservedKind } from "../../canonical/codec.ts";
import type { CanonicalEvent } from "../../canonical/event.ts";
import { AwsEventStreamMessage } from "../../framing/aws-event-stream-message.ts";
import {
  finish,
  start,
  text,
  toolDelta,
  toolEnd,
  toolStart,
} from "../../canonical/event-fixture.ts";
import {
  context,
  decodeWith,
  encodeAll,
  nativeOf,
  pushSliced,
  recorded,
  tell,
  usage,
} from "../answer-fixture.ts";
import { InvokeStreamEncoder } from "./encode-invoke-stream.ts";
import { heartbeatFrame } from "../encode-stream.ts";
import { InvokeStreamDecoder, InvokeStreamObserver } from "./invoke-stream.ts";

const fixture = (name: string): Buffer => recorded(`native-${name}.bin`);

const started = "start claude-3-haiku-20240307 msg_bdrk_01Ab null";
const counted = "usage 19 10 0 0 0";

const decoded: Readonly<Record<string, readonly string[]>> = {
  "claude-plain-answer": [
    started,
    "text Hello",
    "text !",
    "text  amazon-bedrock-invocationMetrics",
    counted,
    "finish stop",
  ],
  "claude-tool-call": [
    started,
    "toolStart 0 toolu_bdrk_1 get_weather",
    'toolDelta 0 {"location": "Paris"}',
    "toolEnd 0",
    counted,
    "finish tool",
  ],
  "claude-thinking": [
    started,
    "reasoning Hm. -",
    "reasoning  Eq==",
    "text 42",
    counted,
    "finish stop",
  ],
  "claude-throttled-after-content": [started, "text Hel", "error upstream_rate_limited"],
  "claude-cut-after-content": [started, "text Hel", "error upstream_cut"],
  "claude-overloaded": [started, "error upstream_unavailable"],
  "claude-broken-chunk": [started, "text Hi", counted, "finish stop"],
};

describe("InvokeStreamDecoder on recorded streams", () => {
  for (const [name, told] of Object.entries(decoded)) {
    for (const slice of [undefined, 1, 100]) {
      test(`${name}${slice === undefined ? "" : `, ${slice} bytes at a time`}`, () => {
        const { events, skipped } = decodeWith(
          (sink) => new InvokeStreamDecoder(sink),
          fixture(name),
          slice,
        );
        assert.deepEqual(events.map(tell), told);
        assert.equal(skipped, name === "claude-broken-chunk" ? 1 : 0);
      });
    }
  }

  test("nothing at all is malformed", () => {
    const { events } = decodeWith((sink) => new InvokeStreamDecoder(sink), Buffer.alloc(0));
    assert.deepEqual(events.map(tell), ["error upstream_malformed"]);
  });

  test("a failure of the service's front", () => {
    const error = new AwsEventStreamMessage({
      ":message-type": "error",
      ":error-code": "ServiceUnavailableException",
      ":error-message": "x",
    });
    const { events } = decodeWith((sink) => new InvokeStreamDecoder(sink), error.encode(""));
    assert.deepEqual(events.map(tell), ["error upstream_unavailable"]);
  });
});

// Every kind has one name.
const letters = new Map<ObservedKind, string>(
  Object.entries(observedKind).map(([name, kind]) => [
    kind,
    name === "error" ? "E" : name.charAt(0),
  ]),
);

const observe = (
  bytes: Buffer,
  sliceBytes?: number,
): { readonly kinds: string; readonly observer: InvokeStreamObserver } => {
  const observer = new InvokeStreamObserver();
  let kinds = "";
  const frame = (frameBytes: Buffer, from: number, to: number): void => {
    kinds += letters.get(observer.observe(frameBytes, from, to)) ?? "?";
  };
  pushSliced(bytes, { frame }, sliceBytes);
  return { kinds, observer };
};

type Row = readonly [kinds: string, finish: string | null, output: number | null];

const observed: Readonly<Record<string, Row>> = {
  "claude-plain-answer": ["sscccout", "stop", 10],
  "claude-tool-call": ["scccout", "tool", 10],
  "claude-thinking": ["ssccoocout", "stop", 10],
  "claude-throttled-after-content": ["sscE", null, null],
  "claude-cut-after-content": ["ssc", null, null],
  "claude-overloaded": ["sE", null, null],
  "claude-broken-chunk": ["ssmcout", "stop", 10],
  "nova-plain-answer": ["cccct", "stop", 10],
  "llama-plain-answer": ["ct", "stop", 10],
  "llama-cut": ["c", null, null],
};

describe("STR-1 InvokeStreamObserver on recorded streams", () => {
  for (const [name, [kinds, reason, output]] of Object.entries(observed)) {
    for (const slice of [undefined, 1, 100]) {
      test(`${name}${slice === undefined ? "" : `, ${slice} bytes at a time`}`, () => {
        const seen = observe(fixture(name), slice);
        assert.equal(seen.kinds, kinds);
        assert.equal(seen.observer.finish, reason);
        assert.equal(seen.observer.usage?.output ?? null, output);
      });
    }
  }

  test("Claude's fault and what it said are those of the message", () => {
    const { observer } = observe(fixture("claude-plain-answer"));
    assert.equal(observer.outputBytes, "Hello! amazon-bedrock-invocationMetrics".length);
    assert.equal(
      observe(fixture("claude-overloaded")).observer.fault?.code,
      "upstream_unavailable",
    );
    const { fault } = observe(fixture("claude-throttled-after-content")).observer;
    assert.equal(fault?.code, "upstream_rate_limited");
  });

  test("events that are no chunk are for the client, and what says nothing is malformed", () => {
    const bare = new AwsEventStreamMessage({}).encode("");
    assert.equal(observe(Buffer.concat([heartbeatFrame, bare])).kinds, "om");
  });
});

const encode = (...events: readonly CanonicalEvent[]): unknown[] =>
  nativeOf(encodeAll(new InvokeStreamEncoder(context), events));

const typesOf = (events: readonly unknown[]): unknown[] =>
  events.map((event) => (typeof event === "object" ? (event as { type: unknown }).type : event));

describe("InvokeStreamEncoder", () => {
  test("each native event is a chunk; the last has what Bedrock counts", () => {
    const events = encode(start, text("Hi"), usage, finish("stop"));
    assert.deepEqual(typesOf(events), [
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    assert.deepEqual(events.at(-1), {
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 5,
        outputTokenCount: 7,
        invocationLatency: 900,
        firstByteLatency: 20,
        cacheReadInputTokenCount: 3,
        cacheWriteInputTokenCount: 0,
      },
    });
  });

  test("texts with line ends and any other character", () => {
    const [, , delta] = encode(start, text('a\n\n"data: 🌏'), finish("stop"));
    assert.deepEqual(delta, {
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: 'a\n\n"data: 🌏' },
    });
  });

  test("a call", () => {
    const events = encode(
      start,
      toolStart(0, "A", "f"),
      toolDelta(0, "{}"),
      toolEnd(0),
      finish("tool"),
    );
    assert.deepEqual(typesOf(events).slice(1, 4), [
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
    ]);
  });

  test("WIR-5 an error is an exception, not an event of Anthropic's", () => {
    const error = { type: "error", code: "upstream_timeout", retryAfterMs: null } as const;
    assert.deepEqual(
      encode(start, { ...error, message: "Late." }).at(-1),
      '! modelTimeoutException {"message":"Late."}',
    );
  });

  test("a heartbeat is no native event", () => {
    assert.equal(new InvokeStreamEncoder(context).encode({ type: "ping" }), heartbeatFrame);
  });
});
