import assert from "node:assert/strict";
import { test } from "node:test";
import { closest, closestWords } from "./closest.ts";

const names = ["fast", "quality", "gpt-4", "gpt-4-turbo", "claude-3-haiku", "claude-3-opus"];

const cases: readonly (readonly [typed: string, found: readonly string[]])[] = [
  ["fats", ["fast"]],
  ["QUALITY", ["quality"]],
  ["gpt4", ["gpt-4"]],
  ["gpt-4-trubo", ["gpt-4-turbo"]],
  ["claude-3-haiko", ["claude-3-haiku"]],
  ["claude-3-oqus", ["claude-3-opus"]],
  ["nobody-at-all", []],
  ["", []],
  ["x".repeat(10_000), []],
];

for (const [typed, found] of cases) {
  test(`what is near to "${typed.slice(0, 20)}": ${found.join(", ") || "nothing"}`, () => {
    assert.deepEqual(closestWords(typed, names, 2), found);
    assert.equal(closest(typed, names), found[0] ?? null);
  });
}

test("words of the same distance keep their order, and no more are given than asked for", () => {
  assert.deepEqual(closestWords("m0", ["m1", "m2", "m3"], 2), ["m1", "m2"]);
});
