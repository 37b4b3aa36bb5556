import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import {
  affordableOutputTokens,
  boundNanoUsd,
  costNanoUsd,
  lineNanoUsd,
  pricedBy,
  promptTokensOf,
} from "./cost.ts";
import { builtinPrices } from "./catalog/price-book.ts";
import { atPercent, flatPrice, forImages, priceAt, type Price } from "./price.ts";

const priceOf = (model: string): Price => {
  const prices = builtinPrices(model);
  const price = prices === null ? null : priceAt(prices, 0);
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

const rates = {
  input: fc.nat(20_000_000_000),
  output: fc.nat(80_000_000_000),
  cacheRead: fc.nat(20_000_000_000),
  cacheWrite5m: fc.nat(20_000_000_000),
  cacheWrite1h: fc.nat(20_000_000_000),
};

const origin = { from: null, until: null, source: "a test", confidence: null };

/** Bands at lengths of which tests know, dearer or cheaper than what is below them. */
const edges = [40_000, 40_001, 100_000] as const;
const bands = fc
  .subarray([...edges])
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((overTokens) => fc.record({ ...rates, overTokens: fc.constant(overTokens) })),
    ),
  )
  .map((chosen) => chosen.map((band) => ({ ...band, version: `p/over-${band.overTokens}` })));

const prices: fc.Arbitrary<Price> = fc.record({
  version: fc.constant("p"),
  ...rates,
  bands,
  origin: fc.constant(origin),
});

/** Any length, and more often those around an edge. */
const promptTokens = fc.oneof(
  fc.nat(250_000),
  fc.constantFrom(...edges).chain((edge) => fc.integer({ min: edge - 1, max: edge + 1 })),
);

/** A prompt of so many tokens, cut into the lines that it may be billed on. */
const usages = fc
  .tuple(
    promptTokens,
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    fc.nat(50_000),
  )
  .map(([prompt, shares, output]) => {
    const [first = 0, second = 0, third = 0] = shares;
    const input = Math.floor(prompt * first);
    const cacheRead = Math.floor((prompt - input) * second);
    const cacheWrite5m = Math.floor((prompt - input - cacheRead) * third);
    const cacheWrite1h = prompt - input - cacheRead - cacheWrite5m;
    return { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning: 0 };
  });

test("MON-2 MON-7 no way of spending at most the tokens costs more than the bound", () => {
  fc.assert(
    fc.property(prices, usages, fc.nat(3), fc.nat(100), (price, usage, spare, more) => {
      const bound = boundNanoUsd(promptTokensOf(usage) + spare, usage.output + more, price);
      assert.ok(costNanoUsd(usage, price) <= bound);
    }),
    { numRuns: 2_000 },
  );
});

test("MON-2 the bound is reached, but for the rounding", () => {
  fc.assert(
    fc.property(prices, promptTokens, fc.nat(50_000), (price, prompt, output) => {
      const bound = boundNanoUsd(prompt, output, price);
      const lengths = [prompt, ...edges.filter((edge) => edge < prompt)];
      const lines = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;
      const costs = lengths.flatMap((tokens) =>
        lines.map((line) => costNanoUsd({ ...noUsage, output, [line]: tokens }, price)),
      );
      const dearest = Math.max(...costs);
      assert.ok(bound - dearest <= 3, `${bound} bounds ${dearest}`);
    }),
    { numRuns: 2_000 },
  );
});

test("MON-2 the whole call has the rates of the band that its whole prompt falls into", () => {
  const flat = { input: 1, output: 1, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 };
  const at = (nanoUsd: number) =>
    Object.fromEntries(Object.keys(flat).map((line) => [line, nanoUsd * 1_000_000])) as typeof flat;
  const price: Price = {
    ...at(1),
    version: "p",
    bands: [{ ...at(5), overTokens: 100, version: "p/over-100" }],
    origin,
  };
  const usage = { ...noUsage, input: 40, cacheRead: 30, cacheWrite5m: 20, output: 7 };
  const rows = [10, 11].map((cacheWrite1h) => {
    const each = { ...usage, cacheWrite1h };
    return [costNanoUsd(each, price), pricedBy(each, price)];
  });
  assert.deepEqual(rows, [
    [107, "p"],
    [540, "p/over-100"],
  ]);
});

test("MON-7 the affordable output fits what is free, and one token more does not", () => {
  fc.assert(
    fc.property(prices, promptTokens, fc.nat(10_000_000_000), (price, input, free) => {
      const output = affordableOutputTokens(free, input, price);
      if (boundNanoUsd(input, 0, price) > free) return assert.equal(output, 0);
      if (output === Number.MAX_SAFE_INTEGER) return;
      assert.ok(boundNanoUsd(input, output, price) <= free);
      assert.ok(boundNanoUsd(input, output + 1, price) > free);
    }),
  );
});

test("MON-7 an output that money does not bound stays a safe integer", () => {
  const rates = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  const price = (output: number): Price => ({ ...rates, output, bands: [], version: "p", origin });
  const output = [0, 1].map((each) => affordableOutputTokens(9_007_199_255, 0, price(each)));
  assert.deepEqual(output, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
});

test("MON-7 money without a limit affords as many tokens as there are numbers", () => {
  for (const model of ["gpt-4", "gemini-1.5-pro"]) {
    const tokens = affordableOutputTokens(Infinity, 100, priceOf(model));
    assert.equal(tokens, Number.MAX_SAFE_INTEGER);
  }
});

const flatPriced = (perRequest: number, perImage: number): Price => {
  const flat = flatPrice(perRequest, perImage);
  assert.ok(flat !== null);
  return { ...priceOf("gpt-4"), flat };
};

test("MON-2 a request and each image of its prompt cost beside the tokens", () => {
  const [plain, price] = [priceOf("gpt-4"), flatPriced(1_000, 20)];
  const usage = { ...noUsage, input: 100, output: 50 };
  const [tokens, bound] = [costNanoUsd(usage, plain), boundNanoUsd(100, 50, plain)];
  assert.equal(costNanoUsd(usage, price), tokens + 1_000);
  assert.equal(costNanoUsd(usage, forImages(price, 3)), tokens + 1_060);
  assert.equal(boundNanoUsd(100, 50, forImages(price, 3)), bound + 1_060);
  assert.equal(costNanoUsd(usage, atPercent(forImages(price, 3), 50)), tokens / 2 + 530);
  assert.equal(pricedBy(usage, forImages(price, 3)), pricedBy(usage, plain));
});

test("MON-2 what was not served costs nothing, and neither do lines that there are not", () => {
  assert.equal(costNanoUsd(noUsage, forImages(flatPriced(1_000, 20), 3)), 0);
  const plain = priceOf("gpt-4");
  assert.equal(forImages(plain, 3), plain);
  assert.equal(flatPrice(0, 0), null);
  const withoutImages = flatPriced(7, 0);
  assert.equal(forImages(withoutImages, 3), withoutImages);
});

test("MON-7 what is affordable is so with the request and its images", () => {
  const price = forImages(flatPriced(1_000, 20), 3);
  const tokens = affordableOutputTokens(boundNanoUsd(100, 50, price), 100, price);
  assert.equal(tokens, 50);
  assert.equal(affordableOutputTokens(1_059, 0, price), 0);
  assert.equal(affordableOutputTokens(Infinity, 100, price), Number.MAX_SAFE_INTEGER);
});

test("MON-1 images that cost more than a number holds are no price", () => {
  const price = flatPriced(0, 1_000_000_000_000);
  assert.equal(forImages(price, 9_007).flat?.nanoUsd, 9_007_000_000_000_000);
  assert.throws(() => forImages(price, 9_008), /Cannot price 9008 images at 10{12} nano-USD/);
});
