import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TokenCounts } from "../reply.ts";
import { costOf, isPrice, type Price } from "./price.ts";
import { defaultPrices } from "./prices.data.ts";

const tokens = (input: number, output: number, cached: number = 0): TokenCounts => ({
  input,
  cached,
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

test("MON-1 each line is rounded up by itself", () => {
  const price: Price = { input: 1, output: 1, cached: 1 };
  assert.equal(costOf(tokens(2, 1, 1), price), 3);
  assert.equal(costOf(tokens(0, 0), price), 0);
  assert.equal(costOf(tokens(1_000_000, 0), price), 1);
  assert.equal(costOf(tokens(1_000_001, 0), price), 2);
});

test("MON-1 the cost is exact beyond 2^53", () => {
  const line = (count: bigint, price: bigint): bigint => (count * price + 999_999n) / 1_000_000n;
  fc.assert(
    fc.property(
      fc.record({ input: fc.nat(1e7), output: fc.nat(1e7), cached: fc.nat(1e7) }),
      fc.record({ input: fc.nat(2e12), output: fc.nat(2e12), cached: fc.nat(2e12) }),
      (count, price) => {
        const all = { ...count, input: count.input + count.cached, reasoning: 0 };
        const expected =
          line(BigInt(count.input), BigInt(price.input)) +
          line(BigInt(count.cached), BigInt(price.cached)) +
          line(BigInt(count.output), BigInt(price.output));
        assert.equal(BigInt(costOf(all, price)), expected);
      },
    ),
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
