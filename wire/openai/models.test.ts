import assert from "node:assert/strict";
import { test } from "node:test";

import { knownDetails, unknownDetails } from "../canonical/model-details-fixture.ts";
import { jsonClient } from "./answer-fixture.ts";
import { encodeModel, encodeModelList } from "./models.ts";

const own = (id: string) => ({ id, object: "model", created: 5, owned_by: "acme" });

const figures = {
  output: "0.5",
  cache_read: "0.01",
  cache_write_5m: "0.125",
  cache_write_1h: "0.2",
};

test("the official client lists models, with what is known of them", async () => {
  const listed = { createdMs: 5999, ownedBy: "acme" };
  const models = [
    { id: "a", ...listed, details: knownDetails },
    { id: "b/c", ...listed, details: unknownDetails },
  ];
  const seen: unknown[] = [];
  const client = jsonClient(encodeModelList(models, ["c*"]));
  for await (const model of client.models.list()) seen.push(model);
  assert.deepEqual(seen, [
    {
      ...own("a"),
      context_window: 1_000_000,
      max_output_tokens: 128_000,
      capabilities: {
        text: true,
        images: false,
        documents: null,
        tools: true,
        structured_output: true,
        reasoning: false,
        prompt_caching: true,
        streaming: true,
        embeddings: false,
      },
      pricing: {
        currency: "USD",
        per: "million tokens",
        input: "0.1",
        ...figures,
        over_prompt_tokens: [{ over: 100_000, input: "0.5", ...figures }],
        valid_from: "2026-10-07",
        valid_until: null,
        confidence: "B",
        version: "book/m",
      },
      has_several_prices: false,
      targets: [{ provider: "bedrock", region: "us-east-1" }],
    },
    {
      ...own("b/c"),
      context_window: null,
      max_output_tokens: null,
      capabilities: {
        text: null,
        images: null,
        documents: null,
        tools: null,
        structured_output: null,
        reasoning: null,
        prompt_caching: null,
        streaming: null,
        embeddings: null,
      },
      pricing: null,
      has_several_prices: false,
      targets: [],
    },
  ]);
  assert.deepEqual(JSON.parse(encodeModelList([], ["c*"])), {
    object: "list",
    data: [],
    wildcards: ["c*"],
  });
  const [first] = models;
  assert.ok(first !== undefined);
  assert.deepEqual(await jsonClient(encodeModel(first)).models.retrieve("a"), seen[0]);
});
