import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { observedKind, type AnswerContext } from "../../canonical/codec.ts";
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
import { invokeClient } from "../codec.ts";
import { decodeAnswer } from "../decode-answer.ts";
import { ConverseStreamDecoder } from "../decode-stream.ts";
import { heartbeatFrame } from "../encode-stream.ts";
import { observeInvokeAnswer } from "./invoke-answer.ts";
import { InvokeStreamObserver } from "./invoke-stream.ts";

const inNova: AnswerContext = { ...context, nativeWords: "nova" };

const whole = (...events: readonly CanonicalEvent[]): string =>
  invokeClient.encodeAnswer(events, inNova);

const stream = (...events: readonly CanonicalEvent[]): Buffer =>
  encodeAll(invokeClient.streamEncoder(inNova), events);

const decoded = (bytes: Buffer | string): readonly CanonicalEvent[] => {
  const answer = decodeAnswer(Buffer.from(bytes));
  assert.ok(answer.ok);
  return answer.value;
};

const aCall = [
  toolStart(0, "tooluse_1", "f"),
  toolDelta(0, '{"n": 1'),
  toolDelta(0, ".0}"),
  toolEnd(0),
];

describe("a whole native answer of Nova's", () => {
  test("recorded, read and written again, it is the same bytes", () => {
    const bytes = recorded("native-answer-nova.json");
    assert.equal(whole(...decoded(bytes)), bytes.toString());
  });

  test("says what Nova says, and nothing of Converse's", () => {
    assert.deepEqual(JSON.parse(whole(start, text("Hi"), usage, finish("stop"))), {
      output: { message: { content: [{ text: "Hi" }], role: "assistant" } },
      stopReason: "end_turn",
      usage: {
        inputTokens: 5,
        outputTokens: 7,
        totalTokens: 15,
        cacheReadInputTokenCount: 3,
        cacheWriteInputTokenCount: 0,
      },
    });
  });

  test("WIR-10 a call has its arguments as they were written", () => {
    const answer = whole(start, text("a"), ...aCall, usage, finish("tool"));
    assert.match(
      answer,
      /\{"toolUse":\{"toolUseId":"tooluse_1","name":"f","input":\{"n": 1\.0\}\}\}/,
    );
    assert.match(answer, /"stopReason":"tool_use"/);
  });

  test("a server that says stop where it calls", () => {
    assert.match(whole(start, ...aCall, finish("stop")), /"stopReason":"tool_use"/);
  });

  test("the sequence that ended it has no place of its own", () => {
    assert.deepEqual(
      Object.keys(JSON.parse(whole(start, text("a"), finish("stop", "."))) as object),
      ["output", "stopReason", "usage"],
    );
  });

  test("WIR-11 is read back with what was cached", () => {
    const answer = whole(start, text("a"), ...aCall, usage, finish("tool"));
    assert.deepEqual(decoded(answer).map(tell), [
      "start  null null",
      "text a",
      "toolStart 0 tooluse_1 f",
      'toolDelta 0 {"n":1}',
      "toolEnd 0",
      "usage 5 7 3 0 0",
      "finish tool",
    ]);
    const observed = observeInvokeAnswer(Buffer.from(answer));
    assert.equal(observed.ok && observed.value.usage?.cacheRead, 3);
  });
});

/** What of a native event depends on the clock. */
const timeless = (event: unknown): unknown =>
  JSON.parse(JSON.stringify(event).replaceAll(/"(\w+Latency)":\d+/g, '"$1":0'));

describe("a native stream of Nova's", () => {
  test("has the events that were recorded of one", () => {
    const events = nativeOf(recorded("native-nova-plain-answer.bin"));
    const counted: CanonicalEvent = {
      type: "usage",
      usage: {
        input: 19,
        output: 10,
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        reasoning: 0,
      },
    };
    const written = nativeOf(stream(start, text("Hello"), counted, finish("stop")));
    assert.deepEqual(written.slice(0, -1), events.slice(0, -1));
    const more = { totalTokens: 29, cacheReadInputTokenCount: 0, cacheWriteInputTokenCount: 0 };
    const cached = { cacheReadInputTokenCount: 0, cacheWriteInputTokenCount: 0 };
    const last = JSON.stringify(timeless(events.at(-1)))
      .replace('"outputTokens":10', `"outputTokens":10,${JSON.stringify(more).slice(1, -1)}`)
      .replace(
        '"firstByteLatency":0',
        `"firstByteLatency":0,${JSON.stringify(cached).slice(1, -1)}`,
      );
    assert.deepEqual(timeless(written.at(-1)), JSON.parse(last));
  });

  test("a call begins with its name, its arguments are strings", () => {
    assert.deepEqual(
      nativeOf(stream(start, text("a"), ...aCall, usage, finish("tool"))).slice(2, 8),
      [
        { contentBlockStop: { contentBlockIndex: 0 } },
        {
          contentBlockStart: {
            start: { toolUse: { toolUseId: "tooluse_1", name: "f" } },
            contentBlockIndex: 1,
          },
        },
        { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"n": 1' } } } },
        { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: ".0}" } } } },
        { contentBlockStop: { contentBlockIndex: 1 } },
        { messageStop: { stopReason: "tool_use" } },
      ],
    );
  });

  test("the last event has what Bedrock counts, also where nobody counted", () => {
    for (const counted of [[usage], []]) {
      const last = nativeOf(stream(start, text("a"), ...counted, finish("stop"))).at(-1);
      assert.deepEqual(Object.keys(last as object), [
        "metadata",
        "amazon-bedrock-invocationMetrics",
      ]);
    }
  });

  test("an answer that says nothing is a whole stream as well", () => {
    assert.deepEqual(
      nativeOf(stream(finish("filter"))).map((event) => Object.keys(event as object)[0]),
      ["messageStart", "messageStop", "metadata"],
    );
  });

  test("WIR-5 an error is an exception of the surface, and no stop is made up", () => {
    const error = { type: "error", code: "upstream_timeout", retryAfterMs: null } as const;
    assert.deepEqual(nativeOf(stream(start, text("a"), { ...error, message: "Late." })).slice(1), [
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "a" } } },
      '! modelTimeoutException {"message":"Late."}',
    ]);
  });

  test("WIR-6 a pair of surrogates that came in two is one", () => {
    const [, delta] = nativeOf(stream(start, text("\ud83c"), text("\udf0f"), finish("stop")));
    assert.deepEqual(delta, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "🌏" } } });
  });

  test("a heartbeat is no native event", () => {
    assert.equal(invokeClient.streamEncoder(inNova).encode({ type: "ping" }), heartbeatFrame);
  });
});

const said: readonly CanonicalEvent[] = [
  start,
  { type: "reasoning", text: "Hm" },
  text("Look: 🌏"),
  ...aCall,
  toolStart(1, "tooluse_2", "g"),
  toolDelta(1, "{}"),
  toolEnd(1),
  usage,
  finish("tool"),
];

describe("a native stream of Nova's, read again", () => {
  for (const slice of [undefined, 1, 7, 1000]) {
    const how = slice === undefined ? "at once" : `${slice} bytes at a time`;

    test(`STR-1 as one that passes, ${how}`, () => {
      const observer = new InvokeStreamObserver();
      const kinds: number[] = [];
      const frame = (bytes: Buffer, from: number, to: number): void => {
        kinds.push(observer.observe(bytes, from, to));
      };
      assert.ok(pushSliced(stream(...said), { frame }, slice));
      assert.deepEqual(new Set(kinds.slice(0, -1)), new Set([observedKind.content]));
      assert.equal(kinds.at(-1), observedKind.terminal);
      assert.deepEqual([observer.usage?.input, observer.usage?.cacheRead], [5, 3]);
    });

    test(`as what Converse would say, ${how}`, () => {
      const { events, skipped } = decodeWith(
        (sink) => new ConverseStreamDecoder(sink),
        asConverse(stream(...said)),
        slice,
      );
      assert.equal(skipped, 0);
      const expected = said.slice(1).map(tell);
      assert.deepEqual(events.map(tell), ["start  null null", ...expected]);
    });
  }
});

/** The events of the chunks as events of their own. */
function asConverse(bytes: Buffer): Buffer {
  const events = nativeOf(bytes).flatMap((event) => Object.entries(event as object).slice(0, 1));
  return Buffer.concat(
    events.map(([name, payload]) =>
      new AwsEventStreamMessage({
        ":event-type": name,
        ":content-type": "application/json",
        ":message-type": "event",
      }).encode(JSON.stringify(payload)),
    ),
  );
}
