import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenizerFamily } from "./tokenizer-family.ts";

const cases: readonly (readonly [model: string, family: string])[] = [
  ["global.anthropic.claude-sonnet-4-6", "claude-4"],
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-4"],
  ["claude-opus-4-8", "claude"],
  ["claude-haiku-5-5", "claude"],
  ["gpt-4-turbo.sim.tokens-30", "gpt-4"],
  ["gpt-3.5-turbo", "gpt-4"],
  ["gpt-4o-mini", "gpt"],
  ["gpt-4.1", "gpt"],
  ["gpt-6-astra", "gpt"],
  ["o3", "gpt"],
  ["gemini-2.5-flash", "gemini"],
  ["us.amazon.nova-pro-v1:0", "nova"],
  ["meta.llama3-70b-instruct-v1:0", "llama"],
  ["arn:aws:bedrock:us-east-1:1:inference-profile/ours", "other"],
  ["", "other"],
];

for (const [model, family] of cases) {
  test(`MON-4 "${model}" counts as ${family}`, () => assert.equal(tokenizerFamily(model), family));
}
