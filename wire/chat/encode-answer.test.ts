import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { finish, start, text } from "../canonical/event-fixture.ts";
import { noUsage } from "../canonical/usage.ts";
import { context } from "../openai/answer-fixture.ts";
import { encodeAnswer } from "./encode-answer.ts";

const usage = (counts: object) => ({ type: "usage", usage: { ...noUsage, ...counts } }) as const;

const answer = (...events: Parameters<typeof encodeAnswer>[0]): unknown =>
  JSON.parse(encodeAnswer([start, ...events], context));

describe("REF-9 encodeAnswer", () => {
  test("text, region, tokens and how it ended", () => {
    assert.deepEqual(
      answer(text("Hel"), text("lo 🌏"), usage({ input: 25, output: 54 }), finish("stop")),
      {
        response: "Hello 🌏",
        region: "us-east-1",
        token_usage: { inputTokens: 25, outputTokens: 54, totalTokens: 79 },
        stop_reason: "end_turn",
        status: "success",
      },
    );
  });

  test("input counts what a cache had of it", () => {
    const counted = usage({
      input: 5,
      output: 7,
      cacheRead: 30,
      cacheWrite5m: 2,
      cacheWrite1h: 1,
    });
    assert.partialDeepStrictEqual(answer(text("Hi"), counted, finish("stop")), {
      token_usage: { inputTokens: 38, outputTokens: 7, totalTokens: 45 },
    });
  });

  test("an answer that was cut at its limit does not say that it is whole", () => {
    assert.partialDeepStrictEqual(answer(text("Hel"), finish("length")), {
      response: "Hel",
      stop_reason: "max_tokens",
    });
  });

  test("a refusal is what the model said", () => {
    const refusal = { type: "refusal", text: "I cannot." } as const;
    assert.partialDeepStrictEqual(answer(refusal, finish("refusal")), {
      response: "I cannot.",
      stop_reason: "content_filtered",
    });
  });

  test("half of a surrogate pair does not break the JSON", () => {
    assert.partialDeepStrictEqual(answer(text("\ud83c"), finish("stop")), { response: "�" });
  });
});
