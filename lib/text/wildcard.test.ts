import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesWildcard } from "./wildcard.ts";

const cases: readonly [pattern: string, text: string, expected: boolean][] = [
  ["*", "", true],
  ["*", "anything", true],
  ["gpt-4", "gpt-4", true],
  ["gpt-4", "gpt-4o", false],
  ["mock.*", "mock.a", true],
  ["mock.*", "mock.", true],
  ["mock.*", "mocka", false],
  ["*-latest", "claude-latest", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["ab*ba", "aba", false],
  ["a*a", "a", false],
];

for (const [pattern, text, expected] of cases) {
  test(`matchesWildcard("${pattern}", "${text}") is ${expected}`, () => {
    assert.equal(matchesWildcard(pattern, text), expected);
  });
}
