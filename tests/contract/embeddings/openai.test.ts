import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type OpenAI from "openai";
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

const words = ["tea", "green tea", "a bicycle", "自転車", "naïve 🚲"];

/** Of vectors of length 1. */
const likeness = (a: readonly number[] = [], b: readonly number[] = []): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

for (const { name, upstreamModel, lengths, inputsPerRequest } of embeddingTargets) {
  describe(`WIR-13 openai × ${name}`, () => {
    test("vectors of a list, in order, by the SDK's own base64", async () => {
      const { data, usage, object } = await client.embeddings.create({ model: name, input: words });
      assert.equal(object, "list");
      assert.deepEqual(
        data.map(({ index, object: kind }) => [index, kind]),
        words.map((_, index) => [index, "embedding"]),
      );
      for (const { embedding } of data) {
        assert.equal(embedding.length, lengths[0]);
        assert.ok(Math.abs(likeness(embedding, embedding) - 1) < 1e-3);
      }
      const [tea, greenTea, bicycle] = data.map(({ embedding }) => embedding);
      assert.ok(likeness(tea, greenTea) > likeness(tea, bicycle), "what is alike is near");
      assert.ok(usage.prompt_tokens >= words.length);
      assert.equal(usage.total_tokens, usage.prompt_tokens);
      const calls = gateway.simulator.calls();
      assert.equal(calls.length, Math.ceil(words.length / inputsPerRequest));
    });

    test("WIR-10 the same numbers as floats and as base64", async () => {
      const ask = (encoding_format: "float" | "base64") =>
        client.embeddings.create({ model: name, input: words, encoding_format });
      const floats = await ask("float");
      const coded = await ask("base64");
      for (const [index, { embedding }] of coded.data.entries()) {
        // Asked for by name, base64 is handed over as it came.
        const text = embedding as unknown as string;
        const bytes = Buffer.from(text, "base64");
        assert.equal(bytes.toString("base64"), text);
        const numbers = Array.from({ length: bytes.length / 4 }, (_, at) =>
          bytes.readFloatLE(at * 4),
        );
        assert.deepEqual(numbers, floats.data[index]?.embedding.map(Math.fround));
      }
    });

    test("one text, and another length", async () => {
      const [own, other] = lengths;
      const one = await client.embeddings.create({ model: name, input: "tea" });
      assert.deepEqual(
        one.data.map(({ embedding }) => embedding.length),
        [own],
      );
      if (other === null) return;
      const short = await client.embeddings.create({
        model: name,
        input: "tea",
        dimensions: other,
      });
      assert.equal(short.data[0]?.embedding.length, other);
    });

    test("MON-14 the bill of the provider is the ledger's", async () => {
      const answer = await client.embeddings
        .create({ model: name, input: [...words, ...words] })
        .asResponse();
      await answer.arrayBuffer();
      const [own, ...attempts] = await gateway.rowsOf(answer);
      const calls = gateway.simulator.calls();
      const billed = calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      const tokens = calls.reduce((sum, { tokens: { input } }) => sum + input, 0);
      assert.ok(billed > 0);
      assert.deepEqual(
        [own?.outcome, own?.costNanoUsd, own?.input, own?.output, own?.usageSource],
        ["ok", billed, tokens, 0, "reported"],
      );
      assert.equal(attempts.length, calls.length);
      assert.equal(
        attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
        billed,
      );
      assert.equal(answer.headers.get("x-sekisho-cost-nano-usd"), String(billed));
      assert.equal(answer.headers.get("x-sekisho-model"), upstreamModel);
      assert.equal(answer.headers.get("x-sekisho-attempts"), String(calls.length));
    });
  });
}
