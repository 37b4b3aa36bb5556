import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { EmbeddingQuestion } from "../canonical/embedding.ts";
import { noUsage } from "../canonical/usage.ts";
import { embeddingCodecs } from "./embedding-codec.ts";
import { embeddingWordsOf } from "./embedding/embedding-words.ts";

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url));

const texts: EmbeddingQuestion = {
  texts: ["a", "b"],
  dimensions: 256,
  inputType: null,
  truncate: null,
};

const written = (model: string, question: EmbeddingQuestion) => {
  const words = embeddingWordsOf(model);
  assert.ok(words !== null);
  const { bytes, dropped } = embeddingCodecs[words].writeRequest(question, model);
  return [JSON.parse(bytes.toString()), dropped];
};

const own = { ...texts, dimensions: null };
const told = { ...own, inputType: "search_query", truncate: "END" };

describe("WIR-13 a request for vectors in native words", () => {
  test("of Titan's second version has one text", () => {
    const model = "us.amazon.titan-embed-text-v2:0";
    assert.deepEqual(written(model, texts), [
      { inputText: "a", dimensions: 256, normalize: true },
      [],
    ]);
    assert.deepEqual(written(model, told), [
      { inputText: "a", normalize: true },
      ["input_type", "truncate"],
    ]);
  });

  test("of Titan's first version has nothing else", () => {
    assert.deepEqual(written("amazon.titan-embed-text-v1", own), [{ inputText: "a" }, []]);
    assert.deepEqual(written("amazon.titan-embed-g1-text-02", own), [{ inputText: "a" }, []]);
  });

  test("of Cohere's has all texts, and says what the vectors are for", () => {
    const usual = {
      texts: ["a", "b"],
      input_type: "search_document",
      truncate: "NONE",
      embedding_types: ["float"],
    };
    assert.deepEqual(written("cohere.embed-multilingual-v3", own), [usual, []]);
    assert.deepEqual(written("cohere.embed-v4:0", texts), [
      { ...usual, output_dimension: 256 },
      [],
    ]);
    const asked = { ...usual, input_type: "search_query", truncate: "END" };
    assert.deepEqual(written("cohere.embed-english-v3", told), [asked, []]);
    // The fourth generation has other names for the ends of a text.
    assert.deepEqual(written("cohere.embed-v4:0", told), [{ ...asked, truncate: "RIGHT" }, []]);
    const left = { ...told, truncate: "LEFT" };
    assert.deepEqual(written("cohere.embed-english-v3", left), [
      { ...asked, truncate: "START" },
      [],
    ]);
  });

  test("is known of no other model", () => {
    for (const model of ["amazon.titan-embed-image-v1", "cohere.command-r-v1:0", "embed"]) {
      assert.equal(embeddingWordsOf(model), null, model);
    }
  });
});

describe("vectors in native words", () => {
  const headers = { "x-amzn-bedrock-input-token-count": "21" };
  const { "titan-v2": titan, "cohere-v4": cohere } = embeddingCodecs;

  test("WIR-11 of Titan's: its count, or Bedrock's own in the head", () => {
    const bytes = fixture("native-answer-titan-embedding.json");
    const decoded = titan.decodeAnswer(bytes, 1, {});
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value, {
      vectors: ["[0.25,-1]"],
      model: null,
      usage: { ...noUsage, input: 19 },
    });
    const counted = titan.decodeAnswer(bytes, 1, headers);
    assert.equal(counted.ok ? counted.value.usage?.input : null, 21);
  });

  test("of Cohere's: a list, or lists by type", () => {
    for (const name of ["native-answer-cohere-list.json", "native-answer-cohere-types.json"]) {
      const decoded = cohere.decodeAnswer(fixture(name), 2, headers);
      assert.ok(decoded.ok, name);
      assert.deepEqual(decoded.value, {
        vectors: ["[0.016967773, -1.0E-2]", "[0.5,0.25]"],
        model: null,
        usage: { ...noUsage, input: 21 },
      });
    }
  });

  test("RTE-7 are none where there are others than were asked for", () => {
    const empty = Buffer.from('{"embedding":[],"inputTextTokenCount":1}');
    const list = fixture("native-answer-cohere-list.json");
    const answers = [
      titan.decodeAnswer(empty, 1, {}),
      titan.decodeAnswer(Buffer.from("<html>"), 1, {}),
      cohere.decodeAnswer(list, 3, {}),
      cohere.decodeAnswer(Buffer.from("{}"), 1, {}),
      cohere.decodeAnswer(Buffer.from('{"embeddings":[["a"]]}'), 1, {}),
    ];
    for (const answer of answers) {
      assert.equal(answer.ok ? null : answer.fault.code, "upstream_malformed");
    }
  });
});
