import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalEvent } from "../canonical/event.ts";
import { finish, start } from "../canonical/event-fixture.ts";
import { context, jsonClient, parallelCalls, plainAnswer, question } from "./answer-fixture.ts";
import { encodeAnswer } from "./encode-answer.ts";

describe("encodeAnswer", () => {
  const answerOf = (events: readonly CanonicalEvent[]) =>
    jsonClient(encodeAnswer(events, context)).chat.completions.create(question);

  test("the official client reads text and usage", async () => {
    const { id, object, created, model, choices, usage: counted } = await answerOf(plainAnswer);
    assert.deepEqual(
      { id, object, created, model },
      { id: "chatcmpl-1", object: "chat.completion", created: 1_700_000_000, model: "m" },
    );
    assert.equal(choices[0]?.message.content, "Hello 🌏");
    assert.equal(counted?.total_tokens, 15);
  });

  test("the official client reads parallel tool calls", async () => {
    const { choices } = await answerOf(parallelCalls);
    assert.equal(choices[0]?.message.content, null);
    assert.equal(choices[0]?.message.tool_calls?.length, 2);
    assert.equal(choices[0]?.finish_reason, "tool_calls");
  });

  test("an answer that says nothing has empty text", async () => {
    const { choices } = await answerOf([start, finish("stop")]);
    assert.deepEqual([choices[0]?.message.content, choices[0]?.message.refusal], ["", null]);
  });
});
