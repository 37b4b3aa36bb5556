import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { parseSseEvent } from "../framing/sse-event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { finish, start, text } from "../canonical/event-fixture.ts";
import { context, parallelCalls, plainAnswer, usage } from "./answer-fixture.ts";
import { MessageStreamEncoder, pingFrame } from "./encode-stream.ts";

const stream = (
  events: readonly CanonicalEvent[],
  changes: Partial<AnswerContext> = {},
): string => {
  const encoder = new MessageStreamEncoder({ ...context, ...changes });
  return events.map((event) => encoder.encode(event)).join("");
};

type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

function framesOf(bytes: string): Frame[] {
  const frames: Frame[] = [];
  const sink = {
    frame(buffer: Buffer, from: number, to: number): void {
      const event = parseSseEvent(buffer, from, to);
      assert.ok(event !== null);
      // Frames of our own making.
      const json = JSON.parse(event.data) as Frame;
      // The SDK drops a frame without a name.
      assert.equal(event.event, json.type);
      frames.push(json);
    },
  };
  new SseScanner().push(Buffer.from(bytes), sink);
  return frames;
}

describe("MessageStreamEncoder", () => {
  test("message_start, blocks in order, message_delta, message_stop", () => {
    const types = framesOf(stream(plainAnswer)).map(({ type }) => type);
    assert.deepEqual(types, [
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  test("a message begins with all that a client may look for", () => {
    const [first] = framesOf(stream([start]));
    assert.deepEqual(first?.["message"], {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: null,
        output_tokens: 0,
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: null,
        inference_geo: null,
        speed: null,
      },
    });
    const [silent] = framesOf(stream([{ ...start, model: "" }]));
    assert.match(JSON.stringify(silent), /"model":"alias"/);
  });

  test("WIR-11 usage at the end counts the whole answer", () => {
    const closing = framesOf(stream([start, usage, finish("stop")])).at(-2);
    assert.deepEqual(closing, {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null, container: null },
      usage: {
        input_tokens: 5,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 4 },
        server_tool_use: null,
      },
    });
  });

  test("without usage the counts of the start stand", () => {
    const closing = framesOf(stream([start, finish("stop")])).at(-2);
    assert.match(JSON.stringify(closing), /"usage":\{"input_tokens":null,.*"output_tokens":0/);
  });

  test("indices count the blocks, deltas name theirs", () => {
    const frames = framesOf(stream(parallelCalls));
    assert.deepEqual(
      frames
        .filter(({ index }) => index !== undefined)
        .map(({ type, index }) => `${type} ${String(index)}`),
      [
        "content_block_start 0",
        "content_block_delta 0",
        "content_block_delta 0",
        "content_block_stop 0",
        "content_block_start 1",
        "content_block_delta 1",
        "content_block_stop 1",
      ],
    );
    assert.deepEqual(frames[1]?.["content_block"], {
      type: "tool_use",
      id: "call_a",
      name: "f",
      input: {},
      caller: { type: "direct" },
    });
    assert.deepEqual(frames[2]?.["delta"], { type: "input_json_delta", partial_json: '{"a":' });
  });

  test("thinking, its signature, and an encrypted block", () => {
    const frames = framesOf(
      stream([
        start,
        { type: "reasoning", text: "hm" },
        { type: "reasoning", text: "", signature: "s" },
        { type: "reasoning", text: "", redacted: "x" },
        finish("stop"),
      ]),
    );
    assert.deepEqual(
      frames.slice(1, -2).map(({ content_block: block, delta }) => block ?? delta ?? "stop"),
      [
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "hm" },
        { type: "signature_delta", signature: "s" },
        "stop",
        { type: "redacted_thinking", data: "x" },
        "stop",
      ],
    );
  });

  test("citations of both dialects", () => {
    const own = { type: "page_location", cited_text: "c" };
    const page = { type: "url_citation", url_citation: { url: "https://a", title: "t" } };
    const frames = framesOf(
      stream([
        start,
        text("a"),
        { type: "citation", citation: own },
        { type: "citation", citation: page },
        { type: "citation", citation: "no citation" },
      ]),
    );
    assert.deepEqual(
      frames.slice(3).map(({ delta }) => delta),
      [
        { type: "citations_delta", citation: own },
        {
          type: "citations_delta",
          citation: {
            type: "web_search_result_location",
            url: "https://a",
            title: "t",
            cited_text: "",
            encrypted_index: "",
          },
        },
      ],
    );
  });

  test("why it ended", () => {
    const endOf = (...events: CanonicalEvent[]): unknown =>
      framesOf(stream([start, ...events])).at(-2)?.["delta"];
    const none = { stop_sequence: null, stop_details: null, container: null };
    assert.deepEqual(endOf(finish("stop", "END")), {
      ...none,
      stop_reason: "stop_sequence",
      stop_sequence: "END",
    });
    assert.deepEqual(endOf(finish("filter")), {
      ...none,
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: null, explanation: null },
    });
    const call: CanonicalEvent = { type: "toolStart", index: 0, id: "a", name: "f" };
    assert.deepEqual(endOf(call, finish("stop")), { ...none, stop_reason: "tool_use" });
  });

  test("an error in mid-stream is the last frame", () => {
    const error: CanonicalEvent = {
      type: "error",
      code: "upstream_cut",
      message: "It broke",
      retryAfterMs: null,
    };
    const frames = framesOf(stream([start, text("Hel"), error]));
    assert.deepEqual(frames.at(-1), {
      type: "error",
      error: { type: "api_error", message: "It broke", details: { error_code: "upstream_cut" } },
      request_id: "req_1",
    });
    assert.doesNotMatch(stream([start, error]), /message_stop/);
  });

  test("an answer that passed as bytes can be ended by an event", () => {
    const types = framesOf(stream([finish("budget")])).map(({ type }) => type);
    assert.deepEqual(types, ["message_delta", "message_stop"]);
  });

  test("WIR-6 a pair cut between deltas is sent whole", () => {
    const bytes = stream([start, text("a\ud83c"), text("\udf0f"), text("b\ud83c"), finish("stop")]);
    const said = framesOf(bytes).flatMap(({ delta }) => {
      const words = (delta as { text?: string } | undefined)?.text;
      return words === undefined ? [] : [words];
    });
    assert.deepEqual(said, ["a", "🌏", "b", "\ufffd"]);
  });

  test("pings", () => {
    assert.equal(stream([{ type: "ping" }]), pingFrame);
    assert.deepEqual(framesOf(pingFrame), [{ type: "ping" }]);
  });
});
