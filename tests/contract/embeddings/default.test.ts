import assert from "node:assert/strict";
import { test } from "node:test";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { embed } from "ai";
import OpenAI from "openai";
import { ServerProcess } from "../../harness/server-process.ts";

test("REF-3 without a file: the alias embed, and models by the names of their makers", async () => {
  await using server = await ServerProcess.start();
  const apiKey = server.ready.demoKey ?? "";
  const client = new OpenAI({ apiKey, baseURL: `${server.url}/v1`, maxRetries: 0 });
  const lengths = {
    embed: 1_024,
    "text-embedding-3-large": 3_072,
    "amazon.titan-embed-text-v1": 1_536,
    "cohere.embed-v4:0": 1_536,
    "gemini-embedding-001": 3_072,
  };
  for (const [model, length] of Object.entries(lengths)) {
    const { data } = await client.embeddings.create({ model, input: ["tea", "coffee"] });
    assert.deepEqual(
      data.map(({ embedding }) => embedding.length),
      [length, length],
      model,
    );
  }
  // A native body passes to whom it is written for.
  const bedrock = createAmazonBedrock({ apiKey, baseURL: server.url, region: "us-east-1" });
  const { embedding, usage } = await embed({
    model: bedrock.embeddingModel("amazon.titan-embed-text-v2:0"),
    value: "tea",
    maxRetries: 0,
  });
  assert.deepEqual([embedding.length, usage.tokens], [1_024, 1]);
});
