import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "./nearest.ts";

test("editDistance counts insertions, deletions, replacements and swaps of neighbours", () => {
  const rows: readonly [string, string, number][] = [
    ["port", "port", 0],
    ["prot", "port", 1],
    ["por", "port", 1],
    ["ports", "port", 1],
    ["pork", "port", 1],
    ["", "port", 4],
    ["abcd", "wxyz", 4],
  ];
  for (const [from, to, edits] of rows) assert.equal(editDistance(from, to), edits, from);
});

test("editDistance is symmetric, zero only for equals, at most the longer length", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const edits = editDistance(a, b);
      assert.equal(edits, editDistance(b, a));
      assert.equal(edits === 0, a === b);
      assert.ok(edits <= Math.max(a.length, b.length));
    }),
  );
});

test("nearest ignores case, prefers the first of equals and knows an empty list", () => {
  assert.deepEqual(nearest("APIKEY", ["id", "apiKey"]), { text: "apiKey", edits: 0 });
  assert.equal(nearest("ab", ["aa", "bb"])?.text, "aa");
  assert.equal(nearest("x", []), null);
});

test("nearest compares the first 64 characters of a huge key", () => {
  assert.equal(nearest("x".repeat(1_000_000), ["port"])?.edits, 64);
});
