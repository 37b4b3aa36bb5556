import assert from "node:assert/strict";
import { test } from "node:test";
import { continueWayOf } from "./continue-way.ts";

const ways = {
  "claude-3-haiku-20240307": "prefill",
  "us.anthropic.claude-3-7-sonnet-20250219-v1:0": "prefill",
  "anthropic.claude-v2:1": "prefill",
  "claude-sonnet-4-20250514": "prefill",
  "anthropic.claude-opus-4-1-20250805-v1:0": "prefill",
  "claude-haiku-4-5": "prefill",
  "anthropic.claude-sonnet-4-6": "turn",
  "global.anthropic.claude-opus-5": "turn",
  "claude-haiku-5-5": "turn",
  "gpt-4-turbo": "turn",
  "gemini-2.5-pro": "turn",
  "cohere.command-r-v1:0": null,
  "a-model-of-our-own": null,
} as const;

for (const [model, way] of Object.entries(ways)) {
  test(`RTE-12 ${model} goes on by ${way}`, () => assert.equal(continueWayOf(model), way));
}
