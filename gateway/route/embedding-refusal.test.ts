import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EmbeddingAsk } from "@sekisho/wire/canonical/embedding.ts";
import { embeddingFactsOf } from "../catalog/embedding-facts.ts";
import type { TargetApi } from "../target.ts";
import { embeddingRefusal, wordsRefusal } from "./embedding-refusal.ts";

const targetOf = (upstreamModel: string) => ({
  upstreamModel,
  embedding: embeddingFactsOf(upstreamModel),
});

const texts: EmbeddingAsk = {
  inputs: 2,
  dimensions: null,
  isTokens: false,
  unknownField: null,
  nativeWords: null,
};
/** A native body with a field that its own model alone knows. */
const native: Partial<EmbeddingAsk> = { nativeWords: ["titan-v2"], unknownField: "normalize" };
const provisioned = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefabcdef";
const titan = "amazon.titan-embed-text-v2:0";

describe("WIR-13 whether vectors can be had of a target", () => {
  const cases: readonly (readonly [
    model: string,
    api: TargetApi,
    ask: Partial<EmbeddingAsk>,
    param: string | null,
  ])[] = [
    ["text-embedding-3-small", "openai.chat", {}, null],
    ["text-embedding-3-small", "openai.chat", { dimensions: 1 }, null],
    ["text-embedding-3-small", "openai.chat", { dimensions: 1_536 }, null],
    ["text-embedding-3-small", "openai.chat", { dimensions: 1_537 }, "dimensions"],
    ["text-embedding-3-small", "openai.chat", { isTokens: true }, null],
    ["text-embedding-3-small", "openai.chat", { unknownField: "task" }, null],
    ["text-embedding-ada-002", "openai.chat", { dimensions: 1_536 }, "dimensions"],
    ["some-model-of-ones-own", "openai.chat", { dimensions: 9_999, isTokens: true }, null],
    ["gpt-4", "openai.chat", {}, "model"],
    [titan, "bedrock.invoke", {}, null],
    [titan, "bedrock.converse", { dimensions: 512 }, null],
    [`us.${titan}`, "bedrock.invoke", { dimensions: 512 }, null],
    [titan, "bedrock.invoke", { dimensions: 300 }, "dimensions"],
    [titan, "bedrock.invoke", { isTokens: true }, "input"],
    [titan, "bedrock.invoke", { unknownField: "task" }, "task"],
    ["amazon.titan-embed-image-v1", "bedrock.invoke", {}, "model"],
    ["anthropic.claude-sonnet-5", "bedrock.invoke", {}, "model"],
    ["claude-of-the-future", "anthropic.messages", {}, "model"],
    ["gemini-embedding-001", "gemini.generateContent", { dimensions: 768 }, null],
    ["gemini-embedding-001", "gemini.generateContent", { isTokens: true }, "input"],
    ["gemini-of-the-future", "gemini.generateContent", {}, "model"],
    ["text-embedding-3-small", "ai-sdk", {}, "model"],
    [titan, "bedrock.invoke", { ...native, dimensions: 300 }, null],
    [provisioned, "bedrock.invoke", native, null],
    ["cohere.embed-v4:0", "bedrock.invoke", native, "normalize"],
    ["cohere.embed-v4:0", "bedrock.invoke", { nativeWords: ["titan-v2"] }, null],
    ["text-embedding-3-small", "openai.chat", native, "normalize"],
    ["text-embedding-3-small", "openai.chat", { nativeWords: ["cohere-v3"] }, null],
    ["gemini-embedding-001", "gemini.generateContent", native, "normalize"],
  ];
  for (const [model, api, ask, param] of cases) {
    test(`${model} by ${api}: ${JSON.stringify(ask)}`, () => {
      const refusal = embeddingRefusal({ ...texts, ...ask }, api, targetOf(model));
      assert.equal(refusal?.code ?? null, param === null ? null : "unsupported_by_target");
      assert.equal(refusal?.details.param ?? null, param);
    });
  }
});

test("WIR-13 an answer in words is refused of models that are known to make vectors", () => {
  const chat = { surface: "openai.chat" } as const;
  assert.equal(wordsRefusal(chat, "openai.chat", targetOf("gpt-4")), null);
  assert.equal(wordsRefusal(chat, "openai.chat", targetOf("a-model-of-ones-own")), null);
  assert.equal(
    wordsRefusal(chat, "openai.chat", { upstreamModel: "made before there were vectors" }),
    null,
  );
  assert.equal(wordsRefusal(chat, "openai.chat", targetOf(titan))?.details.param, "model");
  const native = { surface: "bedrock.invoke" } as const;
  const own = wordsRefusal(native, "bedrock.invoke", targetOf(titan));
  assert.equal(own, null, "its own words ask for vectors");
  const other = wordsRefusal(native, "openai.chat", targetOf("text-embedding-3-small"));
  assert.equal(other?.code, "unsupported_by_target");
});
