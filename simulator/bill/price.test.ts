import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TokenCounts } from "../reply.ts";
import { costOf, isPrice, type Price } from "./price.ts";
import { defaultPrices } from "./prices.data.ts";

const tokens = (input: number, output: number, cached: number = 0): TokenCounts => ({
  input,
  cached,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output,
  reasoning: 0,
});

const known: readonly [model: string, input: number, output: number, nanoUsd: number][] = [
  ["gpt-4", 100, 50, 6_000_000],
  ["anthropic.claude-3-sonnet-20240229-v1:0", 100, 50, 1_050_000],
  ["gemini-1.5-flash", 100, 50, 87_500],
];
for (const [model, input, output, nanoUsd] of known) {
  test(`MON-3 ${model}: ${input} + ${output} tokens cost ${nanoUsd} nano-USD`, () =>
    assert.equal(costOf(tokens(input, output), defaultPrices[model] as Price), nanoUsd));
}

test("MON-3 a cache's reads and writes have prices of their own, by how long it keeps them", () => {
  const all = { ...tokens(1_000, 10, 100), cacheWrite5m: 200, cacheWrite1h: 300, reasoning: 4 };
  const cost = (model: string): number => costOf(all, defaultPrices[model] as Price);
  const haiku = 400 * 1_000 + 100 * 100 + 200 * 1_250 + 300 * 2_000 + 10 * 5_000;
  assert.equal(cost("claude-haiku-4-5"), haiku);
  assert.equal(cost("global.anthropic.claude-haiku-4-5-20251001-v1:0"), haiku);
  for (const prefix of ["", "us.", "eu.", "apac.", "jp.", "au."]) {
    assert.equal(cost(`${prefix}anthropic.claude-haiku-4-5-20251001-v1:0`), haiku * 1.1);
  }
  const sonnet3 = 1_000 * 3_000 + 10 * 15_000;
  assert.equal(cost("us.anthropic.claude-3-sonnet-20240229-v1:0"), sonnet3);
});

test("MON-1 each line is rounded up by itself", () => {
  const price: Price = { input: 1, output: 1, cached: 1 };
  assert.equal(costOf(tokens(2, 1, 1), price), 3);
  assert.equal(costOf(tokens(0, 0), price), 0);
  assert.equal(costOf(tokens(1_000_000, 0), price), 1);
  assert.equal(costOf(tokens(1_000_001, 0), price), 2);
});

const figures = (max: number) => ({
  input: fc.nat(max),
  cached: fc.nat(max),
  cacheWrite5m: fc.nat(max),
  cacheWrite1h: fc.nat(max),
  output: fc.nat(max),
});
const counts = figures(1e7);
const prices = figures(2e12);

test("MON-1 the cost is exact beyond 2^53", () => {
  const line = (count: bigint, price: bigint): bigint => (count * price + 999_999n) / 1_000_000n;
  fc.assert(
    fc.property(fc.record(counts), fc.record(prices), (count, price) => {
      const { input, cached, cacheWrite5m, cacheWrite1h } = count;
      const all = { ...count, input: input + cached + cacheWrite5m + cacheWrite1h, reasoning: 0 };
      const names = ["input", "cached", "cacheWrite5m", "cacheWrite1h", "output"] as const;
      const expected = names.reduce(
        (sum, name) => sum + line(BigInt(count[name]), BigInt(price[name])),
        0n,
      );
      assert.equal(BigInt(costOf(all, price)), expected);
    }),
  );
});

test("cached tokens cost their own price, else that of input", () => {
  assert.equal(costOf(tokens(1e6, 0, 1e6), { input: 10, output: 0, cached: 1 }), 1);
  assert.equal(costOf(tokens(1e6, 0, 1e6), { input: 10, output: 0 }), 10);
});

test("MON-2 a long prompt has other prices for the whole call", () => {
  const price: Price = {
    input: 1e6,
    output: 1e6,
    longPrompt: { overTokens: 100, input: 2e6, output: 3e6 },
  };
  assert.equal(costOf(tokens(100, 10), price), 110);
  assert.equal(costOf(tokens(101, 10), price), 232);
});

test("every list price is made of integers", () => {
  for (const [model, price] of Object.entries(defaultPrices)) assert.ok(isPrice(price), model);
  assert.ok(!isPrice({ input: 0.5, output: 1 }));
  assert.ok(!isPrice({ input: 1, output: -1 }));
});
