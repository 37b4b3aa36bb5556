import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { OpenAIEmbeddings } from "@langchain/openai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";
import { embeddingConfig, embeddingTargets } from "./embedding-config.ts";

let gateway: GatewayUnderTest;

before(async () => {
  gateway = await GatewayUnderTest.start({ config: embeddingConfig });
});
after(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.simulator.reset());

const embeddingsOf = (model: string, batchSize: number): OpenAIEmbeddings =>
  new OpenAIEmbeddings({
    model,
    batchSize,
    apiKey: gateway.key,
    maxRetries: 0,
    configuration: { baseURL: `${gateway.url}/v1` },
  });

/** What a vector loses on its way as base64 of 32-bit floats. */
const exactly = (vector: readonly number[] | undefined): number[] =>
  (vector ?? []).map(Math.fround);

for (const { name, lengths } of embeddingTargets) {
  describe(`WIR-13 langchain × ${name}`, () => {
    test("documents in several requests, in order, as the SDK alone gets them", async () => {
      const texts = ["tea", "green tea", "a bicycle", "自転車", "naïve 🚲"];
      const vectors = await embeddingsOf(name, 2).embedDocuments(texts);
      const { data } = await openaiClient(gateway).embeddings.create({
        model: name,
        input: texts,
        encoding_format: "float",
      });
      assert.deepEqual(
        vectors.map(exactly),
        data.map(({ embedding }) => exactly(embedding)),
      );
    });

    test("a query is one vector", async () => {
      const vector = await embeddingsOf(name, 512).embedQuery("tea");
      assert.equal(vector.length, lengths[0]);
    });
  });
}
