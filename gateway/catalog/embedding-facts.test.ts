import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddingFacts, guessedEmbeddingFacts } from "./embedding-facts.data.ts";
import { embeddingFactsOf, factsOfEmbedding } from "./embedding-facts.ts";
import { factsOf } from "./model-facts.ts";
import { priceAt } from "../price.ts";
import { builtinPrices } from "./price-book.ts";

test("MON-2 each model that makes vectors has a price for what it reads alone", () => {
  for (const name of Object.keys(embeddingFacts)) {
    const prices = builtinPrices(name);
    const price = prices === null ? null : priceAt(prices, 0);
    assert.ok(price !== null && price.input > 0, name);
    assert.equal(price.output, 0, name);
  }
});

test("a model is known under the names of profiles and ARNs", () => {
  const cohere = embeddingFacts["cohere.embed-v4:0"];
  assert.equal(embeddingFactsOf("us.cohere.embed-v4:0"), cohere);
  const arn = "arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4:0";
  assert.equal(embeddingFactsOf(arn), cohere);
});

test("of a model that no table has nothing is known; one that answers makes no vectors", () => {
  assert.equal(embeddingFactsOf("nomic-embed-text"), guessedEmbeddingFacts);
  assert.equal(embeddingFactsOf("gpt-4"), null);
  assert.equal(factsOfEmbedding("nomic-embed-text"), null);
});

test("MON-4 its window is what one request can hold", () => {
  assert.equal(factsOf("amazon.titan-embed-text-v2:0").contextWindow, 8_192);
  assert.equal(factsOf("cohere.embed-english-v3").contextWindow, 96 * 512);
  assert.equal(factsOf("text-embedding-3-small").contextWindow, 300_000);
});

test("a length that may be asked for is no longer than the model's own", () => {
  for (const [name, { dimensions, lengths }] of Object.entries(embeddingFacts)) {
    assert.ok(dimensions !== null, name);
    if (lengths === "any") continue;
    assert.ok(
      lengths.every((length) => length <= dimensions),
      name,
    );
  }
});
