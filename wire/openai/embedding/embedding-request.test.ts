import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readEmbeddingRequest, type EmbeddingRequest } from "./embedding-request.ts";

const bytesOf = (body: unknown): Buffer =>
  Buffer.from(typeof body === "string" ? body : JSON.stringify(body));

function read(body: unknown): EmbeddingRequest {
  const found = readEmbeddingRequest(bytesOf(body));
  assert.ok(found.ok, found.ok ? "" : found.message);
  return found.value;
}

describe("WIR-8 a request for vectors", () => {
  test("has one input, or as many as its list, as texts or as ids of tokens", () => {
    const inputsOf = (input: unknown) => read({ model: "m", input }).inputs;
    assert.deepEqual(inputsOf("héllo"), [{ text: "héllo", tokensBound: 6 }]);
    assert.deepEqual(inputsOf(["a", "bc"]), [
      { text: "a", tokensBound: 1 },
      { text: "bc", tokensBound: 2 },
    ]);
    assert.deepEqual(inputsOf([5, 6, 7]), [{ text: null, tokensBound: 3 }]);
    assert.deepEqual(inputsOf([[5], [6, 7]]), [
      { text: null, tokensBound: 1 },
      { text: null, tokensBound: 2 },
    ]);
  });

  test("tells what its plan depends on", () => {
    const { facts } = read({ model: "m", input: ["a", "b"], dimensions: 256, user: "u" });
    const asked = {
      inputs: 2,
      dimensions: 256,
      isTokens: false,
      unknownField: null,
      nativeWords: null,
    };
    assert.deepEqual(facts.embedding, asked);
    assert.deepEqual([facts.model, facts.user, facts.maxTokens], ["m", "u", 0]);
    assert.equal(read({ model: "m", input: [1] }).facts.embedding?.isTokens, true);
    assert.equal(read({ model: "m", input: "a" }).encoding, "float");
    assert.equal(read({ model: "m", input: "a", encoding_format: "base64" }).encoding, "base64");
  });

  test("tells other dialects what they have words for, and names what they have not", () => {
    const body = { model: "m", input: ["a", "b"], input_type: "search_query", user: "u", x: null };
    const known = read({ ...body, truncate: "END" });
    assert.deepEqual(known.questionOf({ start: 1, end: 2 }), {
      texts: ["b"],
      dimensions: null,
      inputType: "search_query",
      truncate: "END",
    });
    assert.equal(known.facts.embedding?.unknownField, null);
    assert.equal(read({ ...body, task: "x" }).facts.embedding?.unknownField, "task");
  });

  test("is no prompt", () => {
    const canonical = read({ model: "m", input: "a" }).toCanonical();
    assert.ok(!canonical.ok);
    assert.equal(canonical.code, "unsupported_by_target");
  });
});

describe("WIR-10 its bytes", () => {
  const text = '{ "model": "m", "input" : [ "a", "\\u00e9,[\\"" ,"c"], "big": 9007199254740993 }';
  const request = read(text);

  test("pass as they are where nothing changes", () => {
    assert.equal(request.rewrite("m", { start: 0, end: 3 }).toString(), text);
    const one = '{"model":"m","input":"a"}';
    assert.equal(read(one).rewrite("m", { start: 0, end: 1 }).toString(), one);
  });

  test("name another model, and the inputs of a part as the client wrote them", () => {
    assert.equal(
      request.rewrite("other", { start: 1, end: 3 }).toString(),
      '{ "model": "other", "input" : ["\\u00e9,[\\"" ,"c"], "big": 9007199254740993 }',
    );
  });

  test("hold each input once, in order, whatever the texts and wherever the cuts", () => {
    const texts = fc.array(fc.string({ minLength: 1, unit: "binary" }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(texts, fc.nat(20), (input, cut) => {
        const whole = read({ model: "m", input });
        const at = Math.min(cut, input.length);
        const parts = [
          { start: 0, end: at },
          { start: at, end: input.length },
        ].filter(({ start, end }) => end > start);
        const sent = parts.flatMap(
          (range) =>
            (JSON.parse(whole.rewrite("m", range).toString()) as { input: string[] }).input,
        );
        assert.deepEqual(sent, JSON.parse(JSON.stringify(input)));
      }),
    );
  });
});

describe("what is refused of a request for vectors, in OpenAI's words where they are known", () => {
  const many = Array.from({ length: 2_049 }, () => "a");
  const cases: readonly (readonly [name: string, body: unknown, param: string, words: RegExp])[] = [
    ["no model", { input: "a" }, "model", /is missing/],
    ["no input", { model: "m" }, "input", /is missing/],
    ["an empty text", { model: "m", input: "" }, "input", /^Invalid 'input': empty string\. /],
    ["an empty list", { model: "m", input: [] }, "input", /^Invalid 'input': empty array\. /],
    ["an empty text in a list", { model: "m", input: ["a", ""] }, "input[1]", /empty string/],
    ["an empty list of ids", { model: "m", input: [[1], []] }, "input[1]", /empty array/],
    [
      "too many inputs",
      { model: "m", input: many },
      "input",
      /^Invalid 'input': array too long\. .* length 2048, but got .* length 2049 instead\.$/,
    ],
    [
      "too many ids",
      { model: "m", input: Array.from({ length: 8_193 }, () => 1) },
      "input",
      /maximum length 8192/,
    ],
    ["ids that are none", { model: "m", input: [1, -1] }, "input", /whole numbers from 0 on/],
    ["a mixture", { model: "m", input: ["a", [1]] }, "input[1]", /a string expected/],
    ["an object", { model: "m", input: { text: "a" } }, "input", /a list of strings/],
    ["an image", { model: "m", input: [{ image: "a" }] }, "input[0]", /a list of ids/],
    [
      "no dimensions",
      { model: "m", input: "a", dimensions: 0 },
      "dimensions",
      /^Invalid 'dimensions': integer below minimum value\. .* >= 1, but got 0 instead\.$/,
    ],
    ["half a dimension", { model: "m", input: "a", dimensions: 1.5 }, "dimensions", /whole number/],
    [
      "another encoding",
      { model: "m", input: "a", encoding_format: "hex" },
      "encoding_format",
      /one of float, base64/,
    ],
  ];

  for (const [name, body, param, words] of cases) {
    test(name, () => {
      const found = readEmbeddingRequest(bytesOf(body));
      assert.ok(!found.ok);
      assert.equal(found.path, param);
      assert.match(found.message, words);
    });
  }

  test("a second input, and what is no JSON", () => {
    const twice = readEmbeddingRequest(bytesOf('{"model":"m","input":"a","input":"b"}'));
    assert.equal(twice.ok ? null : twice.code, "duplicate_field");
    const none = readEmbeddingRequest(bytesOf("[1]"));
    assert.equal(none.ok ? null : none.code, "invalid_json");
  });
});
