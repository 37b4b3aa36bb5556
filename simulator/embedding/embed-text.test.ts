import assert from "node:assert/strict";
import { test } from "node:test";
import { embedText } from "./embed-text.ts";

const likeness = (a: string, b: string, dimensions = 256): number => {
  const other = embedText(b, dimensions);
  return embedText(a, dimensions).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
};

test("a text has one vector, of length 1, in as many dimensions as are asked for", () => {
  for (const text of ["a", "green tea", "漫画 🚲", "x".repeat(20_000)]) {
    for (const dimensions of [1, 8, 1_536]) {
      const vector = embedText(text, dimensions);
      assert.equal(vector.length, dimensions);
      assert.deepEqual(vector, embedText(text, dimensions));
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6, text);
    }
  }
});

test("texts that share words are nearer to each other than texts that do not", () => {
  const near = likeness("a green bicycle in the rain", "a red bicycle in the rain");
  const far = likeness("a green bicycle in the rain", "quarterly figures of the bank");
  assert.ok(near > 0.6 && far < 0.3, `${near} ${far}`);
  assert.ok(Math.abs(likeness("Tea", "tea") - 1) < 1e-6);
});

test("each number is a float32 in no more than nine digits", () => {
  for (const value of embedText("some text", 64)) {
    assert.equal(Number(value.toPrecision(9)), value);
    // Nine digits name a float32: it is the one that base64 holds.
    assert.equal(Number(Math.fround(value).toPrecision(9)), value);
  }
});
