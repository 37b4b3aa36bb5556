import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start, text, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { context, encodeAll, messagesOf, usage } from "./answer-fixture.ts";
import { ConverseStreamEncoder, heartbeatFrame } from "./encode-stream.ts";

const encode = (...events: readonly CanonicalEvent[]): string[] =>
  messagesOf(encodeAll(new ConverseStreamEncoder(context), events));

const started = 'messageStart {"role":"assistant"}';
const delta = (index: number, inner: string): string =>
  `contentBlockDelta {"contentBlockIndex":${index},"delta":${inner}}`;
const stopped = (index: number): string => `contentBlockStop {"contentBlockIndex":${index}}`;
const begun = (index: number, id: string, name: string): string =>
  `contentBlockStart {"start":{"toolUse":{"toolUseId":"${id}","name":"${name}"}},` +
  `"contentBlockIndex":${index}}`;
const ended = (reason: string): string => `messageStop {"stopReason":"${reason}"}`;
const counted =
  'metadata {"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":15,' +
  '"cacheReadInputTokens":3,"cacheWriteInputTokens":0},"metrics":{"latencyMs":900}}';

describe("events as a Converse stream", () => {
  test("text has no start of its own; usage comes last of all", () => {
    assert.deepEqual(encode(start, text("Hel"), text("lo 🌏"), usage, finish("stop")), [
      started,
      delta(0, '{"text":"Hel"}'),
      delta(0, '{"text":"lo 🌏"}'),
      stopped(0),
      ended("end_turn"),
      counted,
    ]);
  });

  test("reasoning, signed and encrypted", () => {
    const events: CanonicalEvent[] = [
      { type: "reasoning", text: "Hm" },
      { type: "reasoning", text: ".", signature: "Eq==" },
      { type: "reasoning", text: "", redacted: "RW1w" },
    ];
    assert.deepEqual(encode(start, ...events, text("42"), finish("stop")), [
      started,
      delta(0, '{"reasoningContent":{"text":"Hm"}}'),
      delta(0, '{"reasoningContent":{"text":"."}}'),
      delta(0, '{"reasoningContent":{"signature":"Eq=="}}'),
      stopped(0),
      delta(1, '{"reasoningContent":{"redactedContent":"RW1w"}}'),
      stopped(1),
      delta(2, '{"text":"42"}'),
      stopped(2),
      ended("end_turn"),
    ]);
  });

  test("calls: one block ends before the next begins", () => {
    assert.deepEqual(
      encode(
        start,
        text("a"),
        toolStart(0, "A", "f"),
        toolDelta(0, '{"a":'),
        toolStart(1, "B", "g"),
        toolDelta(1, "{}"),
        toolDelta(0, "1}"),
        toolEnd(0),
        toolEnd(1),
        finish("tool"),
      ),
      [
        started,
        delta(0, '{"text":"a"}'),
        stopped(0),
        begun(1, "A", "f"),
        delta(1, '{"toolUse":{"input":"{\\"a\\":"}}'),
        delta(1, '{"toolUse":{"input":"1}"}}'),
        stopped(1),
        begun(2, "B", "g"),
        delta(2, '{"toolUse":{"input":"{}"}}'),
        stopped(2),
        ended("tool_use"),
      ],
    );
  });

  test("a server that says stop where it calls", () => {
    const messages = encode(
      start,
      toolStart(0, "A", "f"),
      toolDelta(0, "{}"),
      toolEnd(0),
      finish("stop"),
    );
    assert.equal(messages.at(-1), ended("tool_use"));
  });

  test("citations", () => {
    const citation = {
      type: "page_location",
      cited_text: "x",
      document_index: 0,
      document_title: "T",
      start_page_number: 1,
      end_page_number: 2,
    };
    assert.deepEqual(encode(start, text("a"), { type: "citation", citation }, finish("stop")), [
      started,
      delta(0, '{"text":"a"}'),
      delta(
        0,
        '{"citation":{"title":"T","sourceContent":[{"text":"x"}],' +
          '"location":{"documentPage":{"documentIndex":0,"start":1,"end":2}}}}',
      ),
      stopped(0),
      ended("end_turn"),
    ]);
  });

  test("WIR-6 half a character waits for its other half", () => {
    assert.deepEqual(encode(start, text("a\ud83c"), text("\udf0f"), finish("stop")), [
      started,
      delta(0, '{"text":"a"}'),
      delta(0, '{"text":"🌏"}'),
      stopped(0),
      ended("end_turn"),
    ]);
  });

  const reasons = [
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["tool", "tool_use"],
    ["filter", "content_filtered"],
    ["refusal", "content_filtered"],
    ["budget", "max_tokens"],
    ["deadline", "max_tokens"],
    ["cancelled", "max_tokens"],
  ] as const;
  for (const [reason, word] of reasons) {
    test(`the end by ${reason} is ${word}`, () => {
      assert.deepEqual(encode(start, finish(reason)), [started, ended(word)]);
    });
  }

  test("a stop sequence is told where it is known", () => {
    assert.deepEqual(encode(start, finish("stop", "END")), [
      started,
      'messageStop {"stopReason":"stop_sequence",' +
        '"additionalModelResponseFields":{"stop_sequence":"END"}}',
    ]);
  });

  test("a refusal is text", () => {
    assert.deepEqual(encode(start, { type: "refusal", text: "No." }, finish("refusal")), [
      started,
      delta(0, '{"text":"No."}'),
      stopped(0),
      ended("content_filtered"),
    ]);
  });

  test("WIR-5 an error is an exception, without a stop", () => {
    const error: CanonicalEvent = {
      type: "error",
      code: "upstream_cut",
      message: "Cut.",
      retryAfterMs: null,
    };
    assert.deepEqual(encode(start, text("a"), error), [
      started,
      delta(0, '{"text":"a"}'),
      '! modelStreamErrorException {"message":"Cut.","originalStatusCode":502}',
    ]);
  });

  test("an answer that passed as bytes is ended without a start", () => {
    const error: CanonicalEvent = {
      type: "error",
      code: "deadline_exceeded",
      message: "Late.",
      retryAfterMs: null,
    };
    assert.deepEqual(encode(error), [
      '! modelStreamErrorException {"message":"Late.","originalStatusCode":504}',
    ]);
  });

  test("events without bytes of their own have none", () => {
    const encoder = new ConverseStreamEncoder(context);
    encoder.encode(start);
    for (const event of [usage, text(""), toolEnd(3)]) assert.equal(encoder.encode(event), "");
  });

  test("a heartbeat is an event of a name that no client knows", () => {
    assert.equal(new ConverseStreamEncoder(context).encode({ type: "ping" }), heartbeatFrame);
    assert.deepEqual(messagesOf(heartbeatFrame), ["heartbeat {}"]);
  });
});
