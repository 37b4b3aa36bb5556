import assert from "node:assert/strict";
import { describe, test } from "node:test";

import OpenAI from "openai";

import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import { finish, start, text } from "../canonical/event-fixture.ts";
import { context, parallelCalls, plainAnswer, question, streamClient } from "./answer-fixture.ts";
import { ChatStreamEncoder } from "./encode-stream.ts";

const stream = (
  events: readonly CanonicalEvent[],
  changes: Partial<AnswerContext> = {},
): string => {
  const encoder = new ChatStreamEncoder({ ...context, ...changes });
  return events.map((event) => encoder.encode(event)).join("");
};

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly object: string;
  readonly choices: readonly { readonly delta?: object; readonly finish_reason: string | null }[];
  readonly usage?: object | null;
}

const chunksOf = (bytes: string): Chunk[] =>
  bytes
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: {"))
    // Frames of our own making.
    .map((frame) => JSON.parse(frame.slice(6)) as Chunk);

describe("ChatStreamEncoder", () => {
  test("the official client reads text and usage", async () => {
    const helper = streamClient(stream(plainAnswer)).chat.completions.stream(question);
    const answer = await helper.finalChatCompletion();
    assert.equal(answer.choices[0]?.message.content, "Hello 🌏");
    assert.equal(answer.choices[0]?.finish_reason, "stop");
    assert.equal(answer.usage?.prompt_tokens, 8);
    assert.equal(answer.usage?.prompt_tokens_details?.cached_tokens, 3);
    assert.equal(answer.usage?.completion_tokens_details?.reasoning_tokens, 2);
    assert.equal(answer.usage?.total_tokens, 15);
  });

  test("the official client reads parallel tool calls", async () => {
    const helper = streamClient(stream(parallelCalls)).chat.completions.stream(question);
    const { message, finish_reason: reason } =
      (await helper.finalChatCompletion()).choices[0] ?? {};
    assert.equal(reason, "tool_calls");
    assert.deepEqual(
      message?.tool_calls?.map((call) => [call.id, call.type === "function" && call.function]),
      [
        ["call_a", { name: "f", arguments: '{"a":"é"}' }],
        ["call_b", { name: "g", arguments: "{}" }],
      ],
    );
  });

  test("the official client reads a refusal", async () => {
    const events: CanonicalEvent[] = [start, { type: "refusal", text: "No." }, finish("refusal")];
    const helper = streamClient(stream(events)).chat.completions.stream(question);
    const choice = (await helper.finalChatCompletion()).choices[0];
    assert.equal(choice?.message.refusal, "No.");
    assert.equal(choice?.finish_reason, "stop");
  });

  test("the official client raises an error that comes in mid-stream", async () => {
    const error: CanonicalEvent = {
      type: "error",
      code: "upstream_cut",
      message: "It broke",
      retryAfterMs: null,
    };
    const body = stream([start, text("Hel"), error]);
    assert.doesNotMatch(body, /\[DONE\]/);
    const seen: string[] = [];
    await assert.rejects(
      async () => {
        const chunks = await streamClient(body).chat.completions.create({
          ...question,
          stream: true,
        });
        for await (const chunk of chunks) seen.push(chunk.choices[0]?.delta.content ?? "");
      },
      (thrown) =>
        thrown instanceof OpenAI.APIError &&
        thrown.code === "upstream_cut" &&
        thrown.type === "server_error" &&
        thrown.message === "It broke",
    );
    assert.deepEqual(seen, ["", "Hel"]);
  });

  test("role first, one id and time in all chunks, finish, usage, [DONE]", () => {
    const bytes = stream(plainAnswer);
    const chunks = chunksOf(bytes);
    assert.ok(bytes.endsWith("data: [DONE]\n\n"));
    assert.deepEqual(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size, 1);
    assert.deepEqual([chunks[0]?.id, chunks[0]?.created], ["chatcmpl-1", 1_700_000_000]);
    assert.deepEqual(chunks[0]?.choices[0]?.delta, {
      role: "assistant",
      content: "",
      refusal: null,
    });
    assert.deepEqual(chunks.at(-2)?.choices[0]?.finish_reason, "stop");
    assert.deepEqual(chunks.at(-1)?.choices, []);
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
  });

  test("without stream usage no chunk has any", () => {
    const chunks = chunksOf(stream(plainAnswer, { streamUsage: false }));
    assert.ok(chunks.every((chunk) => !("usage" in chunk)));
    assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
  });

  test("the provider's time and model win, the context's fill in", () => {
    const named = { ...start, createdMs: 5000 };
    const silent = { ...start, model: "" };
    assert.deepEqual(chunksOf(stream([named]))[0]?.created, 5);
    assert.deepEqual(chunksOf(stream([silent]))[0]?.model, "alias");
  });

  test("an answer that passed as bytes can be ended by an event", () => {
    const chunks = chunksOf(stream([finish("budget")]));
    assert.deepEqual([chunks[0]?.id, chunks[0]?.model], ["chatcmpl-1", "alias"]);
    assert.equal(chunks[0]?.choices[0]?.finish_reason, "length");
  });

  test("WIR-6 a pair cut between deltas is sent whole", () => {
    const bytes = stream([start, text("a\ud83c"), text("\udf0f"), text("b\ud83c"), finish("stop")]);
    const said = chunksOf(bytes).map(({ choices }) => choices[0]?.delta);
    assert.deepEqual(said.slice(1), [
      { content: "a" },
      { content: "🌏" },
      { content: "b" },
      { content: "\ufffd" },
      {},
    ]);
  });

  const reasons: Readonly<Record<FinishReason, string>> = {
    stop: "stop",
    length: "length",
    tool: "tool_calls",
    filter: "content_filter",
    refusal: "content_filter",
    budget: "length",
    deadline: "length",
    cancelled: "length",
  };
  for (const [reason, word] of Object.entries(reasons)) {
    test(`finish ${reason} is ${word}`, () => {
      // The keys are finish reasons.
      const chunks = chunksOf(stream([start, finish(reason as FinishReason)]));
      assert.equal(chunks[1]?.choices[0]?.finish_reason, word);
    });
  }

  test("pings and ends of calls have no bytes", () => {
    const encoder = new ChatStreamEncoder(context);
    assert.equal(encoder.encode({ type: "ping" }), "");
    assert.equal(encoder.encode({ type: "toolEnd", index: 0 }), "");
  });
});
