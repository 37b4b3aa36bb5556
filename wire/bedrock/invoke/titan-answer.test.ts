import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { observedKind, type AnswerContext } from "../../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../../canonical/event.ts";
import { noUsage } from "../../canonical/usage.ts";
import { finish, start, text } from "../../canonical/event-fixture.ts";
import { context, encodeAll, nativeOf, pushSliced, recorded, usage } from "../answer-fixture.ts";
import { invokeClient } from "../codec.ts";
import { heartbeatFrame } from "../encode-stream.ts";
import { InvokeStreamObserver } from "./invoke-stream.ts";

const inTitan: AnswerContext = { ...context, nativeWords: "titan-text" };

const whole = (...events: readonly CanonicalEvent[]): string =>
  invokeClient.encodeAnswer(events, inTitan);

const stream = (...events: readonly CanonicalEvent[]): Buffer =>
  encodeAll(invokeClient.streamEncoder(inTitan), events);

const thought: CanonicalEvent = { type: "reasoning", text: "Hm" };
const counted: CanonicalEvent = { type: "usage", usage: { ...noUsage, input: 19, output: 10 } };

describe("a whole native answer of Titan Text's", () => {
  test("is what was recorded of one", () => {
    assert.equal(
      whole(start, text("Hel"), text("lo"), counted, finish("length")),
      recorded("native-answer-titan.json").toString(),
    );
  });

  const reasons: readonly (readonly [reason: FinishReason, stop: string | null, word: string])[] = [
    ["stop", null, "FINISH"],
    ["stop", "|", "STOP_CRITERIA_MET"],
    ["deadline", null, "LENGTH"],
    ["filter", null, "CONTENT_FILTERED"],
    ["refusal", null, "CONTENT_FILTERED"],
  ];
  for (const [reason, stop, word] of reasons) {
    test(`that ended by ${reason}${stop === null ? "" : " at a sequence"} says ${word}`, () => {
      const { results } = JSON.parse(whole(start, thought, text("a"), finish(reason, stop))) as {
        results: unknown[];
      };
      assert.deepEqual(results, [{ tokenCount: 0, outputText: "a", completionReason: word }]);
    });
  }

  test("WIR-11 counts every token of the prompt as one", () => {
    assert.match(whole(start, text("a"), usage, finish("stop")), /^\{"inputTextTokenCount":8,/);
  });
});

describe("a native stream of Titan Text's", () => {
  test("is texts, then the reason with the counts", () => {
    assert.deepEqual(nativeOf(stream(start, thought, text("Hi"), counted, finish("stop"))), [
      {
        outputText: "Hi",
        index: 0,
        totalOutputTextTokenCount: null,
        completionReason: null,
        inputTextTokenCount: null,
      },
      {
        outputText: "",
        index: 0,
        totalOutputTextTokenCount: 10,
        completionReason: "FINISH",
        inputTextTokenCount: 19,
        "amazon-bedrock-invocationMetrics": {
          inputTokenCount: 19,
          outputTokenCount: 10,
          invocationLatency: 900,
          firstByteLatency: 20,
          cacheReadInputTokenCount: 0,
          cacheWriteInputTokenCount: 0,
        },
      },
    ]);
  });

  test("WIR-6 a pair of surrogates that came in two is one", () => {
    const [first] = nativeOf(stream(start, text("\ud83c"), text("\udf0f"), finish("stop")));
    assert.equal((first as { outputText: string }).outputText, "🌏");
  });

  test("WIR-5 an error is an exception of the surface", () => {
    const error = { type: "error", code: "upstream_timeout", retryAfterMs: null } as const;
    assert.deepEqual(nativeOf(stream(start, { ...error, message: "Late." })), [
      '! modelTimeoutException {"message":"Late."}',
    ]);
  });

  test("a heartbeat is no native event", () => {
    assert.equal(invokeClient.streamEncoder(inTitan).encode({ type: "ping" }), heartbeatFrame);
  });

  for (const slice of [undefined, 1, 7]) {
    test(`STR-1 is read as one that passes, ${slice ?? "all"} bytes at a time`, () => {
      const observer = new InvokeStreamObserver();
      const kinds: number[] = [];
      const frame = (bytes: Buffer, from: number, to: number): void => {
        kinds.push(observer.observe(bytes, from, to));
      };
      assert.ok(pushSliced(stream(start, text("a"), counted, finish("stop")), { frame }, slice));
      assert.deepEqual(kinds, [observedKind.content, observedKind.terminal]);
      assert.equal(observer.usage?.output, 10);
    });
  }
});
