import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFacts, unknownModelFacts } from "./facts.data.ts";
import { builtinPrice } from "./price-book.ts";
import { priceLines } from "./prices.data.ts";

const cases: readonly (readonly [model: string, input: number | null, version: string | null])[] = [
  ["gpt-4", 30_000_000_000, "2026-11-20/gpt-4"],
  [
    "us.anthropic.claude-3-haiku-20240307-v1:0",
    250_000_000,
    "2026-11-20/anthropic.claude-3-haiku-20240307-v1:0",
  ],
  [
    "global.anthropic.claude-haiku-4-5-20251001-v1:0",
    1_000_000_000,
    "2026-11-20/anthropic.claude-haiku-4-5-20251001-v1:0",
  ],
  [
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    1_100_000_000,
    "2026-11-20/anthropic.claude-haiku-4-5-20251001-v1:0/110%",
  ],
  ["anthropic.claude-sonnet-4-6", 3_300_000_000, "2026-11-20/anthropic.claude-sonnet-4-6/110%"],
  [
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6",
    3_300_000_000,
    "2026-11-20/anthropic.claude-sonnet-4-6/110%",
  ],
  ["claude-haiku-4-5", 1_000_000_000, "2026-11-20/anthropic.claude-haiku-4-5-20251001-v1:0"],
  [
    "claude-haiku-4-5-20251001",
    1_000_000_000,
    "2026-11-20/anthropic.claude-haiku-4-5-20251001-v1:0",
  ],
  ["claude-opus-5", 5_000_000_000, "2026-11-20/anthropic.claude-opus-5"],
  // Its price depends on the prompt's length.
  ["anthropic.claude-haiku-5-5", null, null],
  ["arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123", null, null],
  ["__proto__", null, null],
  ["claude-", null, null],
];

for (const [model, input, version] of cases) {
  test(`MON-2 the price of ${model} is that of ${version ?? "nothing"}`, () => {
    const price = builtinPrice(model);
    assert.deepEqual([price?.input ?? null, price?.version ?? null], [input, version]);
  });
}

test("MON-1 every line is whole also with the regional factor", () => {
  for (const [model, line] of Object.entries(priceLines)) {
    for (const nanoUsd of line) assert.equal((nanoUsd ?? 0) % 100, 0, `${model}: ${nanoUsd}`);
  }
});

test("MON-4 a model whose window is not known reserves as much as any model takes", () => {
  const known = Math.max(...Object.values(modelFacts).map((facts) => facts.contextWindow));
  assert.ok(unknownModelFacts.contextWindow >= known);
});
