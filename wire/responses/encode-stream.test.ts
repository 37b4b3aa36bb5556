import assert from "node:assert/strict";
import { describe, test } from "node:test";

import OpenAI from "openai";

import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import { finish, start, text, toolDelta, toolEnd, toolStart } from "../canonical/event-fixture.ts";
import { parallelCalls, plainAnswer, usage } from "../openai/answer-fixture.ts";
import { clientOf, context, framesOf, streamOf } from "./answer-fixture.ts";
import { ResponsesStreamEncoder } from "./encode-stream.ts";

const typesOf = (events: readonly CanonicalEvent[]): string[] =>
  framesOf(streamOf(events)).map(({ type }) => type.replace("response.", ""));

const outputOf = (events: readonly CanonicalEvent[]) =>
  framesOf(streamOf(events)).at(-1)?.response?.output ?? [];

const error = (code: "upstream_error" | "internal"): CanonicalEvent => ({
  type: "error",
  code,
  message: "It broke",
  retryAfterMs: null,
});

describe("ResponsesStreamEncoder", () => {
  test("a text is an item with one part, announced, said and ended", () => {
    assert.deepEqual(typesOf(plainAnswer), [
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    assert.deepEqual(outputOf(plainAnswer), [
      {
        type: "message",
        id: "msg_1_0",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "Hello 🌏", annotations: [], logprobs: [] }],
      },
    ]);
  });

  test("the numbers are dense, and each frame is named like its event", () => {
    const frames = framesOf(streamOf([...parallelCalls.slice(0, -2), ...plainAnswer.slice(1)]));
    assert.deepEqual(
      frames.map((frame) => frame.sequence_number),
      frames.map((_, index) => index),
    );
    for (const { name, type } of frames) assert.equal(name, type);
  });

  test("the official client reads text and usage", async () => {
    const client = clientOf(streamOf(plainAnswer), "text/event-stream");
    const answer = await client.responses.stream({ model: "m", input: "Hi" }).finalResponse();
    assert.equal(answer.output_text, "Hello 🌏");
    assert.deepEqual(answer.usage, {
      input_tokens: 8,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 15,
    });
  });

  test("the official client reads parallel calls, open side by side or one by one", async () => {
    const sideBySide = [
      start,
      toolStart(0, "call_a", "f"),
      toolStart(1, "call_b", "g"),
      toolDelta(0, '{"a":'),
      toolDelta(1, "{}"),
      toolDelta(0, '"é"}'),
      toolEnd(1),
      toolEnd(0),
      usage,
      finish("tool"),
    ];
    for (const events of [parallelCalls, sideBySide]) {
      const client = clientOf(streamOf(events), "text/event-stream");
      const answer = await client.responses.stream({ model: "m", input: "Hi" }).finalResponse();
      assert.equal(answer.status, "completed");
      assert.deepEqual(
        answer.output.map(
          (item) => item.type === "function_call" && [item.call_id, item.arguments],
        ),
        [
          ["call_a", '{"a":"é"}'],
          ["call_b", "{}"],
        ],
      );
    }
  });

  test("a call without arguments has an empty object", () => {
    const events = [start, toolStart(0, "call_a", "f"), toolEnd(0), finish("tool")];
    assert.deepEqual(outputOf(events), [
      {
        type: "function_call",
        id: "fc_1_0",
        status: "completed",
        call_id: "call_a",
        name: "f",
        arguments: "{}",
      },
    ]);
  });

  test("reasoning is a summary, ended by its proof; what is redacted is its proof alone", () => {
    const events: CanonicalEvent[] = [
      start,
      { type: "reasoning", text: "Let me " },
      { type: "reasoning", text: "think" },
      { type: "reasoning", text: "", signature: "sig" },
      { type: "reasoning", text: "", redacted: "secret" },
      { type: "reasoning", text: "More" },
      text("So"),
      finish("stop"),
    ];
    assert.deepEqual(typesOf(events).slice(2, 9), [
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
    ]);
    assert.deepEqual(
      outputOf(events).map((item) =>
        item.type === "reasoning" ? [item.summary, item.encrypted_content] : item.type,
      ),
      [
        [[{ type: "summary_text", text: "Let me think" }], "signed.sig"],
        [[], "redacted.secret"],
        [[{ type: "summary_text", text: "More" }], null],
        "message",
      ],
    );
  });

  test("a refusal is a part of its own, and the answer is complete", () => {
    const events: CanonicalEvent[] = [
      start,
      text("Well, "),
      { type: "refusal", text: "no" },
      finish("refusal"),
    ];
    const last = framesOf(streamOf(events)).at(-1);
    assert.equal(last?.type, "response.completed");
    assert.deepEqual(outputOf(events), [
      {
        type: "message",
        id: "msg_1_0",
        status: "completed",
        role: "assistant",
        content: [
          { type: "output_text", text: "Well, ", annotations: [], logprobs: [] },
          { type: "refusal", refusal: "no" },
        ],
      },
    ]);
  });

  const ends: readonly (readonly [FinishReason, string | null])[] = [
    ["stop", null],
    ["tool", null],
    ["length", "max_output_tokens"],
    ["filter", "content_filter"],
    ["refusal", "content_filter"],
    ["budget", "max_output_tokens"],
    ["deadline", "max_output_tokens"],
    ["cancelled", "max_output_tokens"],
  ];
  for (const [reason, incomplete] of ends) {
    test(`an answer that ended by ${reason} is ${incomplete ?? "complete"}`, () => {
      const last = framesOf(streamOf([start, text("So"), finish(reason)])).at(-1);
      const status = incomplete === null ? "completed" : "incomplete";
      assert.equal(last?.type, `response.${status}`);
      assert.equal(last?.response?.status, status);
      const details = incomplete === null ? null : { reason: incomplete };
      assert.deepEqual(last?.response?.incomplete_details, details);
      assert.equal(last?.response?.output[0]?.status, status);
    });
  }

  test("citations of URLs are annotations, in either form of OpenAI's; others are left out", () => {
    const place = { url: "https://a.b", title: "A", start_index: 0, end_index: 2 };
    const events: CanonicalEvent[] = [
      start,
      text("So"),
      { type: "citation", citation: { type: "url_citation", url_citation: place } },
      { type: "citation", citation: { type: "url_citation", ...place } },
      { type: "citation", citation: { type: "char_location", cited_text: "So" } },
      finish("stop"),
    ];
    const shown = framesOf(streamOf(events)).flatMap(({ annotation }) => annotation ?? []);
    assert.deepEqual(shown, [
      { type: "url_citation", ...place },
      { type: "url_citation", ...place },
    ]);
  });

  test("WIR-6 a surrogate pair is not cut, and half of one becomes U+FFFD", () => {
    const frames = framesOf(
      streamOf([start, text("a\ud83c"), text("\udf0f"), text("b\ud83c"), finish("stop")]),
    );
    assert.deepEqual(
      frames.flatMap(({ delta }) => delta ?? []),
      ["a", "🌏", "b", "\ufffd"],
    );
  });

  test("WIR-5 an error makes the SDK throw, and the response has failed", async () => {
    const bytes = streamOf([start, text("So"), error("upstream_error")]);
    const frames = framesOf(bytes);
    assert.deepEqual(
      frames.slice(-2).map(({ type }) => type),
      ["error", "response.failed"],
    );
    assert.equal(frames.at(-1)?.response?.status, "failed");
    const client = clientOf(bytes, "text/event-stream");
    const body = { model: "m", input: "Hi", stream: true } as const;
    for (const stream of [await client.responses.create(body), client.responses.stream(body)]) {
      await assert.rejects(
        async () => {
          for await (const _ of stream);
        },
        (thrown) => thrown instanceof OpenAI.APIError && thrown.message.includes("It broke"),
      );
    }
  });

  test("an answer may fail before it began, and a defect tells nothing", () => {
    const frames = framesOf(streamOf([error("internal")]));
    assert.deepEqual(
      frames.map(({ type }) => type),
      ["response.created", "response.in_progress", "error", "response.failed"],
    );
    assert.doesNotMatch(JSON.stringify(frames), /It broke/);
  });

  test("the model and the time are the provider's where it tells them", () => {
    const told = framesOf(streamOf([{ ...start, createdMs: 5_000 }, finish("stop")]))[0]?.response;
    assert.deepEqual([told?.model, told?.created_at], ["m", 5]);
    const untold = framesOf(streamOf([{ ...start, model: "" }, finish("stop")]))[0]?.response;
    assert.deepEqual([untold?.model, untold?.created_at], ["alias", 1_700_000_000]);
  });

  test("what the request says is repeated, what the gateway decides is not asked", () => {
    const encoder = new ResponsesStreamEncoder({
      ...context,
      repeatedMembers: () => '"metadata":{"a":"9007199254740993"}',
    });
    const [created] = framesOf(encoder.encode(start));
    assert.deepEqual(created?.response, {
      id: "resp_1",
      object: "response",
      created_at: 1_700_000_000,
      status: "in_progress",
      background: false,
      error: null,
      incomplete_details: null,
      model: "m",
      output: [],
      previous_response_id: null,
      store: false,
      truncation: "disabled",
      usage: null,
      metadata: { a: "9007199254740993" },
    });
  });
});
