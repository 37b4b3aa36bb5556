import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { start } from "../canonical/event-fixture.ts";
import { context, jsonClient, plainAnswer, streamClient } from "./answer-fixture.ts";
import { CompletionsStreamEncoder, encodeCompletion } from "./completions-answer.ts";
import type { CanonicalEvent } from "../canonical/event.ts";

const stream = (events: readonly CanonicalEvent[]): string => {
  const encoder = new CompletionsStreamEncoder(context);
  return events.map((event) => encoder.encode(event)).join("");
};

describe("legacy completions", () => {
  const prompt = { model: "m", prompt: "Say" };

  test("the official client reads a whole one", async () => {
    const client = jsonClient(encodeCompletion(plainAnswer, { ...context, id: "cmpl-1" }));
    const { choices, object, usage: counted } = await client.completions.create(prompt);
    assert.deepEqual([object, counted?.total_tokens], ["text_completion", 15]);
    assert.deepEqual(choices, [
      { text: "Hello 🌏", index: 0, logprobs: null, finish_reason: "stop" },
    ]);
  });

  test("the official client reads a stream", async () => {
    const bytes = stream(plainAnswer);
    const client = streamClient(bytes);
    const chunks = await client.completions.create({ ...prompt, stream: true });
    const seen: unknown[] = [];
    for await (const { choices, usage: counted } of chunks) {
      seen.push(choices[0]?.text ?? counted?.total_tokens);
    }
    assert.deepEqual(seen, ["Hel", "lo 🌏", "", 15]);
    assert.ok(bytes.endsWith("data: [DONE]\n\n"));
  });

  test("an error in mid-stream", () => {
    const error = {
      type: "error",
      code: "upstream_cut",
      message: "x",
      retryAfterMs: null,
    } as const;
    assert.match(stream([start, error]), /^data: \{"error":\{"message":"x"/);
  });
});
