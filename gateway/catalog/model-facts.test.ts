import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFacts, unknownModelFacts } from "./facts.data.ts";
import { factsOf, knownFacts } from "./model-facts.ts";
import { priceLines } from "./prices.data.ts";

test("MON-4 a model whose window is not known reserves as much as any model takes", () => {
  const windows = Object.values(modelFacts).map(({ contextWindow }) => contextWindow ?? 0);
  assert.ok(unknownModelFacts.contextWindow >= Math.max(...windows));
  assert.equal(factsOf("nobody").contextWindow, unknownModelFacts.contextWindow);
  assert.deepEqual(factsOf("deepseek.v3.2"), unknownModelFacts);
});

test("REF-3 the windows and caps of the reference deployment", () => {
  const seen = [
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "us.anthropic.claude-3-haiku-20240307-v1:0",
    "claude-haiku-5-5",
  ].map((model) => [factsOf(model).contextWindow, factsOf(model).maxOutputTokens]);
  assert.deepEqual(seen, [
    [200_000, 4_096],
    [200_000, 2_048],
    [1_000_000, 128_000],
  ]);
});

test("MON-4 texts for embeddings are not bounded by the window of one of them", () => {
  assert.equal(knownFacts("cohere.embed-v4:0")?.contextWindow, 128_000);
  assert.equal(factsOf("cohere.embed-v4:0").contextWindow, 96 * 128_000);
});

for (const name of Object.keys(priceLines)) {
  test(`${name} has a price, and facts with a source`, () => {
    const known = knownFacts(name);
    assert.ok(known !== null && known.source.length > 5);
    assert.notEqual(known.capabilities.embeddings, null);
  });
}
