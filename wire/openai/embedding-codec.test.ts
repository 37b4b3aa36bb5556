import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddingCodec } from "./embedding-codec.ts";

const question = { texts: ["a", "b"], dimensions: null, inputType: null, truncate: null };

test("WIR-13 OpenAI is asked for floats, and not for what it has no words for", () => {
  const written = embeddingCodec.writeRequest(question, "m");
  const body = { model: "m", input: ["a", "b"], encoding_format: "float" };
  assert.deepEqual(JSON.parse(written.bytes.toString()), body);
  assert.deepEqual(written.dropped, []);
  const more = { ...question, dimensions: 8, inputType: "search_query", truncate: "END" };
  const { bytes, dropped } = embeddingCodec.writeRequest(more, "m");
  assert.deepEqual(JSON.parse(bytes.toString()), { ...body, dimensions: 8 });
  assert.deepEqual(dropped, ["input_type", "truncate"]);
  // It refuses what is too long without being told.
  const refusing = embeddingCodec.writeRequest({ ...question, truncate: "NONE" }, "m");
  assert.deepEqual(refusing.dropped, []);
});

test("RTE-7 an answer in base64, which nobody asked for, is none", () => {
  const answer = (embedding: unknown): Buffer =>
    Buffer.from(JSON.stringify({ data: [{ index: 0, embedding }], model: "m" }));
  const decoded = embeddingCodec.decodeAnswer(answer([0.5]), 1, {});
  assert.deepEqual(decoded.ok ? decoded.value.vectors : null, ["[0.5]"]);
  const coded = embeddingCodec.decodeAnswer(answer("AAAAPw=="), 1, {});
  assert.equal(coded.ok ? null : coded.fault.code, "upstream_malformed");
});
