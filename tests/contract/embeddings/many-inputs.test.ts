import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createOpenAI } from "@ai-sdk/openai";
import { embedMany } from "ai";
import type OpenAI from "openai";
import { embedText } from "@sekisho/simulator/embedding/embed-text.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";
import { embeddingConfig, embeddingTargets } from "./embedding-config.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start({ config: embeddingConfig });
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.simulator.reset());

const thousand = Array.from({ length: 1_000 }, (_, n) => `the ${n}th of a thousand texts`);

const base64Of = (text: string, dimensions: number): string =>
  Buffer.from(new Float32Array(embedText(text, dimensions)).buffer).toString("base64");

/** A fault for some of the requests: retries have a budget. */
const broken = (parts: number) => {
  if (parts === 1) return { match: { times: 1 }, ofCalls: () => 1 };
  const every = parts > 100 ? 40 : 5;
  return { match: { every }, ofCalls: (calls: number) => Math.floor(calls / every) };
};

for (const { name, lengths, inputsPerRequest } of embeddingTargets) {
  describe(`1,000 inputs in one call × ${name}`, () => {
    test("RTE-6 are split, retried and put in order again, base64 to the byte", async () => {
      const parts = Math.ceil(thousand.length / inputsPerRequest);
      const { match, ofCalls } = broken(parts);
      gateway.simulator.setScenarios([{ name: "now and then", match, fault: "500" }]);
      const [, other] = lengths;
      const dimensions = other ?? lengths[0];
      const answer = await client.embeddings
        .create({
          model: name,
          input: thousand,
          encoding_format: "base64",
          ...(other === null ? {} : { dimensions }),
        })
        .asResponse();
      // The SDK's types know numbers alone.
      const { data } = (await answer.json()) as { data: { index: number; embedding: string }[] };
      assert.deepEqual(
        data.map(({ index }) => index),
        thousand.map((_, index) => index),
      );
      for (const [index, { embedding }] of data.entries()) {
        assert.equal(embedding, base64Of(thousand[index] ?? "", dimensions), `input ${index}`);
      }
      const calls = gateway.simulator.calls();
      const failed = calls.filter(({ outcome }) => outcome === "error").length;
      assert.deepEqual([calls.length, failed], [parts + failed, ofCalls(calls.length)]);
      assert.ok(failed > 0);
      const rows = await gateway.rowsOf(answer);
      const billed = calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      assert.deepEqual([rows.length, rows[0]?.costNanoUsd], [calls.length + 1, billed]);
    });
  });
}

test("WIR-13 `embedMany` of the Vercel AI SDK has them in order, whoever serves", async () => {
  const provider = createOpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1` });
  const values = thousand.slice(0, 250);
  for (const { name, lengths } of embeddingTargets) {
    const { embeddings, usage } = await embedMany({
      model: provider.embeddingModel(name),
      values,
      maxRetries: 0,
    });
    assert.equal(embeddings.length, values.length);
    for (const at of [0, 1, 97, 249]) {
      assert.deepEqual(embeddings[at], embedText(values[at] ?? "", lengths[0]));
    }
    assert.ok(usage.tokens > values.length);
  }
});
