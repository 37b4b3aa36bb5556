import assert from "node:assert/strict";
import { test } from "node:test";
import { outputFactorOf } from "./output-factor.ts";

const factors: readonly (readonly [string, number])[] = [
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", 1],
  ["anthropic.claude-3-7-sonnet-20250219-v1:0", 5],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", 5],
  ["global.anthropic.claude-opus-5", 5],
  ["amazon.nova-pro-v1:0", 1],
  ["claude-sonnet-4-5", 1],
  ["gpt-4-turbo", 1],
];

for (const [model, factor] of factors) {
  test(`RTE-16 a token of ${model}'s answer counts ${factor} times`, () =>
    assert.equal(outputFactorOf(model), factor));
}
