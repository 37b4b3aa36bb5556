import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { affordableOutputTokens, boundNanoUsd, costNanoUsd, lineNanoUsd } from "./cost.ts";
import { builtinPrice } from "./catalog/price-book.ts";
import type { Price } from "./price.ts";

const priceOf = (model: string): Price => {
  const price = builtinPrice(model);
  assert.ok(price, `${model} has a price`);
  return price;
};

const vectors: readonly (readonly [model: string, input: number, output: number, cost: number])[] =
  [
    ["gpt-4", 100, 50, 6_000_000],
    ["anthropic.claude-3-sonnet-20240229-v1:0", 100, 50, 1_050_000],
    ["gemini-1.5-flash", 100, 50, 87_500],
  ];

for (const [model, input, output, cost] of vectors) {
  test(`MON-3 ${input} + ${output} tokens of ${model} cost ${cost} nano-USD`, () => {
    assert.equal(costNanoUsd({ ...noUsage, input, output }, priceOf(model)), cost);
  });
}

test("MON-1 a line is rounded up, exactly, also beyond 2^53", () => {
  assert.equal(lineNanoUsd(1, 1), 1);
  assert.equal(lineNanoUsd(1_000_000, 7), 7);
  assert.equal(lineNanoUsd(1_000_001, 7), 8);
  assert.equal(lineNanoUsd(0, 75_000_000_000), 0);
  fc.assert(
    fc.property(fc.nat(2_000_000_000), fc.nat(100_000_000_000), (tokens, price) => {
      const exact = (BigInt(tokens) * BigInt(price) + 999_999n) / 1_000_000n;
      if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) {
        assert.equal(BigInt(lineNanoUsd(tokens, price)), exact);
      } else assert.throws(() => lineNanoUsd(tokens, price), RangeError);
    }),
  );
});

const prices = fc.record({
  version: fc.constant("p"),
  input: fc.nat(20_000_000_000),
  output: fc.nat(80_000_000_000),
  cacheRead: fc.nat(20_000_000_000),
  cacheWrite5m: fc.nat(20_000_000_000),
  cacheWrite1h: fc.nat(20_000_000_000),
});

test("MON-7 no way of spending the tokens costs more than the bound", () => {
  const part = fc.nat(50_000);
  fc.assert(
    fc.property(prices, fc.tuple(part, part, part, part, part), (price, parts) => {
      const [input, cacheRead, cacheWrite5m, cacheWrite1h, output] = parts;
      const usage = { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning: 0 };
      const prompt = input + cacheRead + cacheWrite5m + cacheWrite1h;
      assert.ok(costNanoUsd(usage, price) <= boundNanoUsd(prompt, output, price));
    }),
  );
});

test("MON-7 the affordable output fits what is free, and one token more does not", () => {
  fc.assert(
    fc.property(prices, fc.nat(10_000), fc.nat(1_000_000_000), (price, input, free) => {
      const output = affordableOutputTokens(free, input, price);
      if (price.output === 0 || boundNanoUsd(input, 0, price) > free) return;
      assert.ok(boundNanoUsd(input, output, price) <= free);
      assert.ok(boundNanoUsd(input, output + 1, price) > free);
    }),
  );
});
