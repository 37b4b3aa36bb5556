import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noUsage } from "../canonical/usage.ts";
import { embeddingCodec } from "./embedding-codec.ts";

const model = "gemini-embedding-001";
const written = (over: object) => {
  const question = { texts: ["a", "b"], dimensions: null, inputType: null, truncate: null };
  const { bytes, dropped } = embeddingCodec.writeRequest({ ...question, ...over }, model);
  return [JSON.parse(bytes.toString()), dropped];
};

const plain = (text: string) => ({ model: `models/${model}`, content: { parts: [{ text }] } });

test("WIR-13 a request for vectors in Gemini's words has each text with all wishes", () => {
  assert.deepEqual(written({}), [{ requests: [plain("a"), plain("b")] }, []]);
  const wishes = { outputDimensionality: 256, taskType: "RETRIEVAL_QUERY" };
  assert.deepEqual(written({ dimensions: 256, inputType: "search_query" }), [
    {
      requests: [
        { ...plain("a"), ...wishes },
        { ...plain("b"), ...wishes },
      ],
    },
    [],
  ]);
  assert.deepEqual(written({ inputType: "image", truncate: "END" })[1], ["input_type", "truncate"]);
});

describe("vectors in Gemini's words", () => {
  const decoded = (text: string, count = 2) =>
    embeddingCodec.decodeAnswer(Buffer.from(text), count, {});

  test("WIR-10 are as they were written, with the tokens where they are told", () => {
    const list = '{ "embeddings": [ {"values": [0.10, -1E-2]}, {"values":[1]} ]';
    const answer = decoded(`${list}}`);
    assert.ok(answer.ok);
    const vectors = ["[0.10, -1E-2]", "[1]"];
    assert.deepEqual(answer.value, { vectors, model: null, usage: null });
    const counted = decoded(`${list},"usageMetadata":{"promptTokenCount":7}}`);
    assert.deepEqual(counted.ok ? counted.value.usage : null, { ...noUsage, input: 7 });
  });

  test("RTE-7 are none where there are others than were asked for, or an error", () => {
    for (const text of [
      "",
      "<html>",
      "{}",
      '{"embeddings":[]}',
      '{"embeddings":[{"values":[]}]}',
    ]) {
      const answer = decoded(text, 1);
      assert.equal(answer.ok ? text : answer.fault.code, "upstream_malformed");
    }
    const spent = { error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "slow down" } };
    const answer = decoded(JSON.stringify(spent));
    assert.equal(answer.ok ? null : answer.fault.code, "upstream_rate_limited");
  });
});
