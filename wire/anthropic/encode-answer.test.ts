import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start, text, toolDelta, toolStart } from "../canonical/event-fixture.ts";
import { context, parallelCalls, plainAnswer } from "./answer-fixture.ts";
import { encodeAnswer } from "./encode-answer.ts";

const contentOf = (...events: CanonicalEvent[]): unknown =>
  JSON.parse(encodeAnswer([start, ...events], context)).content;

describe("encodeAnswer", () => {
  test("a message with all that a client may look for", () => {
    assert.deepEqual(JSON.parse(encodeAnswer(plainAnswer, context)), {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "Hello 🌏" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 5,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 4 },
        server_tool_use: null,
        service_tier: null,
        inference_geo: null,
        speed: null,
      },
    });
  });

  test("parallel calls", () => {
    const answer = JSON.parse(encodeAnswer(parallelCalls, context));
    const caller = { type: "direct" };
    assert.equal(answer.stop_reason, "tool_use");
    assert.deepEqual(answer.content, [
      { type: "tool_use", id: "call_a", name: "f", caller, input: { a: "é" } },
      { type: "tool_use", id: "call_b", name: "g", caller, input: {} },
    ]);
  });

  test("WIR-10 arguments keep their literals", () => {
    const events = [
      start,
      toolStart(0, "a", "f"),
      toolDelta(0, '{"n":9007199254740993}'),
      finish("tool"),
    ];
    assert.match(encodeAnswer(events, context), /"input":\{"n":9007199254740993\}/);
  });

  test("arguments that are no object are none", () => {
    for (const words of ["", "[1]", '{"a":']) {
      const [call] = contentOf(toolStart(0, "a", "f"), toolDelta(0, words)) as { input: unknown }[];
      assert.deepEqual(call?.input, {});
    }
  });

  test("thinking, text with its citations, and text behind them", () => {
    const citation = { type: "page_location" };
    assert.deepEqual(
      contentOf(
        { type: "reasoning", text: "hm", signature: "s" },
        { type: "reasoning", text: "", redacted: "x" },
        text("a"),
        { type: "citation", citation },
        text("b"),
        { type: "refusal", text: "c" },
      ),
      [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "redacted_thinking", data: "x" },
        { type: "text", text: "a", citations: [citation] },
        { type: "text", text: "bc" },
      ],
    );
  });

  test("an answer that says nothing has no content", () => {
    assert.deepEqual(contentOf(finish("stop")), []);
  });
});
