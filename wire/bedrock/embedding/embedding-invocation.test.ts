import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noUsage } from "../../canonical/usage.ts";
import { readEmbeddingInvocation, type EmbeddingInvocation } from "./embedding-invocation.ts";

const parsed = (body: object | string, model: string) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readEmbeddingInvocation(Buffer.from(text), { model, stream: false });
};

function read(body: object | string, model = "an-alias"): EmbeddingInvocation {
  const found = parsed(body, model);
  assert.ok(found.ok, found.ok ? "" : found.message);
  return found.value;
}

const texts = { texts: ["a", "é"], input_type: "search_query" };
const all = { start: 0, end: 2 };

describe("WIR-13 a native body for vectors says whose words it is in", () => {
  const cases: readonly (readonly [body: object, model: string, words: readonly string[]])[] = [
    [{ inputText: "a" }, "an-alias", ["titan-v1", "titan-v2"]],
    [{ inputText: "a", normalize: true }, "an-alias", ["titan-v2"]],
    [{ inputText: "a" }, "amazon.titan-embed-text-v1", ["titan-v1"]],
    [{ inputText: "a" }, "eu.amazon.titan-embed-text-v2:0", ["titan-v2"]],
    [{ inputText: "a" }, "cohere.embed-v4:0", ["titan-v1", "titan-v2"]],
    [texts, "an-alias", ["cohere-v3", "cohere-v4"]],
    [texts, "cohere.embed-english-v3", ["cohere-v3"]],
    [texts, "us.cohere.embed-v4:0", ["cohere-v4"]],
    [{ ...texts, output_dimension: 256 }, "an-alias", ["cohere-v4"]],
    [{ ...texts, truncate: "LEFT" }, "an-alias", ["cohere-v4"]],
    [{ ...texts, truncate: "START" }, "an-alias", ["cohere-v3"]],
  ];
  for (const [body, model, words] of cases) {
    test(`${JSON.stringify(body)} for ${model}`, () => {
      assert.deepEqual(read(body, model).facts.embedding?.nativeWords, words);
    });
  }
});

describe("what of a native body other models are asked for", () => {
  test("a text of Titan's", () => {
    const request = read({ inputText: "é", dimensions: 256, normalize: true });
    assert.deepEqual(request.questionOf({ start: 0, end: 1 }), {
      texts: ["é"],
      dimensions: 256,
      inputType: null,
      truncate: null,
    });
    assert.deepEqual(request.inputs, [{ text: "é", tokensBound: 2 }]);
    assert.equal(request.facts.embedding?.unknownField, null);
    assert.equal(request.facts.size.textBytes, 2);
  });

  test("some texts of Cohere's", () => {
    const request = read({ ...texts, truncate: "NONE", output_dimension: 512 });
    assert.deepEqual(request.questionOf({ start: 1, end: 2 }), {
      texts: ["é"],
      dimensions: 512,
      inputType: "search_query",
      truncate: "NONE",
    });
  });

  const own: readonly (readonly [field: string, body: object])[] = [
    ["normalize", { inputText: "a", normalize: false }],
    ["embeddingTypes", { inputText: "a", embeddingTypes: ["binary", "float"] }],
    ["task", { inputText: "a", task: "find" }],
    ["embedding_types", { ...texts, embedding_types: ["int8"] }],
    ["max_tokens", { ...texts, max_tokens: 8 }],
    ["images", { images: ["data:image/png;base64,AA=="], input_type: "image" }],
    ["inputs", { inputs: [{ content: [] }], input_type: "search_document" }],
  ];
  for (const [field, body] of own) {
    test(`${field} is its own model's alone`, () => {
      assert.equal(read(body).facts.embedding?.unknownField, field);
    });
  }

  test("float is what any model makes; null is nothing", () => {
    const plain = { ...texts, embedding_types: ["float"], truncate: null, max_tokens: null };
    assert.equal(read(plain).facts.embedding?.unknownField, null);
  });

  test("MON-4 a picture is bounded by the window of the model that takes it", () => {
    const request = read({ images: ["data:image/png;base64,AA=="], input_type: "image" });
    assert.deepEqual(request.inputs, [{ text: null, tokensBound: 128_000 }]);
    assert.equal(request.facts.size.textBytes, 128_000);
  });

  test("WIR-10 the bytes are the client's", () => {
    const body = '{ "inputText" : "\\u00e9", "dimensions":256.0 }';
    assert.equal(read(body).rewrite().toString(), body);
  });
});

describe("an answer in the words of a native body", () => {
  const made = { id: "7", model: "m", usage: { ...noUsage, input: 5 } };
  const encoded = (body: object, model: string, vectors: readonly string[]): unknown =>
    JSON.parse(read(body, model).encodeVectors(vectors, made));

  test("of Titan's first version has a vector and a count", () => {
    assert.deepEqual(encoded({ inputText: "a" }, "amazon.titan-embed-text-v1", ["[3,4]"]), {
      embedding: [3, 4],
      inputTextTokenCount: 5,
    });
  });

  test("of its second version has length 1, under its form as well", () => {
    const expected = {
      embedding: [0.6, 0.8],
      embeddingsByType: { float: [0.6, 0.8] },
      inputTextTokenCount: 5,
    };
    for (const model of ["amazon.titan-embed-text-v2:0", "an-alias"]) {
      assert.deepEqual(encoded({ inputText: "a" }, model, ["[3,4]"]), expected, model);
    }
  });

  test("WIR-10 of length 1 keeps its literals, and of length 0 too", () => {
    const request = read({ inputText: "a" });
    assert.match(request.encodeVectors(["[0.60, 8E-1]"], made), /"embedding":\[0\.60, 8E-1\]/);
    assert.match(request.encodeVectors(["[0,0]"], made), /"embedding":\[0,0\]/);
  });

  test("of a million numbers is no more than that", () => {
    const vector = `[${"1,".repeat(999_999)}1]`;
    const { embedding } = encoded({ inputText: "a" }, "an-alias", [vector]) as {
      embedding: readonly number[];
    };
    assert.deepEqual([embedding.length, embedding[0]], [1_000_000, 0.001]);
  });

  test("of Cohere's is a list, or a list by form", () => {
    const listed = {
      id: "7",
      texts: ["a", "é"],
      embeddings: [[1], [2]],
      response_type: "embeddings_floats",
    };
    const vectors = ["[1]", "[2]"];
    assert.deepEqual(encoded(texts, "cohere.embed-english-v3", vectors), listed);
    assert.deepEqual(encoded(texts, "an-alias", vectors), listed);
    const byType = {
      ...listed,
      embeddings: { float: [[1], [2]] },
      response_type: "embeddings_by_type",
    };
    const typed = { ...texts, embedding_types: ["float"] };
    assert.deepEqual(encoded(typed, "cohere.embed-english-v3", vectors), byType);
    assert.deepEqual(encoded(texts, "cohere.embed-v4:0", vectors), byType);
  });
});

describe("what is no native body for vectors", () => {
  const many = Array.from({ length: 97 }, () => "a");
  const cases: readonly (readonly [name: string, body: object | string, path: string | null])[] = [
    ["neither Titan's nor Cohere's", { messages: [] }, "inputText"],
    ["a list", "[]", null],
    ["no JSON", "{", null],
    ["an empty text", { inputText: "" }, "inputText"],
    ["a number", { inputText: 1 }, "inputText"],
    ["lengths that no model has", { inputText: "a", dimensions: 1e9 }, "dimensions"],
    ["half a dimension", { ...texts, output_dimension: 0.5 }, "output_dimension"],
    ["a word for a truth", { inputText: "a", normalize: "yes" }, "normalize"],
    ["no texts", { ...texts, texts: [] }, "texts"],
    ["97 texts", { ...texts, texts: many }, "texts"],
    ["a text that is none", { ...texts, texts: ["a", 1] }, "texts.[1]"],
    ["no purpose", { texts: ["a"] }, "input_type"],
    ["texts beside pictures", { ...texts, images: ["a"] }, "images"],
    ["an end that a text has not", { ...texts, truncate: "MIDDLE" }, "truncate"],
    ["SEC-5 two texts", '{"inputText":"a","inputText":"b"}', "inputText"],
  ];
  for (const [name, body, path] of cases) {
    test(name, () => {
      const found = parsed(body, "an-alias");
      assert.ok(!found.ok);
      assert.equal(found.path, path);
    });
  }

  test("of the one that its model speaks, what is missing is named in its words", () => {
    const found = parsed({}, "cohere.embed-v4:0");
    assert.equal(found.ok ? null : found.path, "texts");
    assert.equal(found.ok ? null : found.code, "missing_field");
  });

  test("it is no prompt", () => {
    const canonical = read(texts).toCanonical();
    assert.equal(canonical.ok ? null : canonical.code, "unsupported_by_target");
    assert.deepEqual(read(texts).questionOf(all).texts, texts.texts);
  });
});
