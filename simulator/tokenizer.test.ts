import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Question } from "./question.ts";
import {
  countJsonTokens,
  countPrompt,
  countTokens,
  promptConstants,
  splitTokens,
} from "./tokenizer.ts";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));

test("SIM-3 tokens joined are the text, and no token splits a code point", () => {
  fc.assert(
    fc.property(text, (written) => {
      const pieces = splitTokens(written);
      assert.equal(pieces.join(""), written);
      for (const piece of pieces) assert.ok(piece.isWellFormed());
    }),
  );
});

test("SIM-3 a text never has more tokens than bytes of UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (written) => {
      const count = countTokens(written);
      assert.equal(count, splitTokens(written).length);
      assert.ok(count <= Buffer.byteLength(written));
      assert.equal(count === 0, written === "");
    }),
  );
});

test("the first tokens of a text are the tokens of its beginning", () => {
  fc.assert(
    fc.property(text, fc.nat(40), (written, limit) => {
      const begin = splitTokens(written, limit);
      assert.ok(begin.length <= limit);
      assert.deepEqual(splitTokens(begin.join("")), begin);
    }),
  );
});

const samples: readonly [text: string, tokens: number][] = [
  ["", 0],
  ["a", 1],
  ["hello world", 2],
  ["unbelievable", 2],
  ["12345", 2],
  ["   ", 1],
  ["日本語", 3],
  ["👩‍👩‍👧", 5],
  ["naïve", 3],
  ["Здравствуйте", 6],
  ["\ud800", 1],
];
for (const [sample, tokens] of samples) {
  test(`countTokens(${JSON.stringify(sample)}) is ${tokens}`, () =>
    assert.equal(countTokens(sample), tokens));
}

test("English prose has about four characters per token", () => {
  const prose =
    "A token bucket is filled at a fixed rate and drained by each request. When it is empty, " +
    "the next request has to wait until enough tokens have come back.";
  const ratio = prose.length / countTokens(prose);
  assert.ok(ratio > 3.5 && ratio < 5.5, `${ratio} characters per token`);
});

test("the tokens of a JSON value are at most the bytes it was written with", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      assert.ok(countJsonTokens(JSON.parse(json)) <= Buffer.byteLength(json));
    }),
  );
});

const question: Question = {
  model: "m",
  stream: false,
  streamUsage: false,
  turns: [
    { role: "system", text: "one two", images: [], documents: [], calls: [] },
    { role: "user", text: "", images: ["low", "high"], documents: [], calls: [] },
    {
      role: "assistant",
      text: "",
      images: [],
      documents: [],
      calls: [{ name: "f", arguments: "{}" }],
    },
  ],
  tools: [{ name: "f", description: "does", parameters: { type: "object" } }],
  toolUse: { kind: "auto" },
  parallelTools: true,
  format: { kind: "schema", schema: { type: "string" } },
  stop: [],
  maxTokens: null,
  choices: 1,
  thinking: false,
  cuts: [],
};

test("a prompt is its texts and the stated constants", () => {
  const { perRequest, perMessage, perTool, perSchema, imageLow, imageHigh } = promptConstants;
  const constants = perRequest + 3 * perMessage + perTool + perSchema + imageLow + imageHigh;
  // "one two", the call's name and "{}", the tool's name and words, both schemas.
  assert.equal(countPrompt(question), constants + 2 + 1 + 2 + 1 + 1 + 3 + 3);
});
