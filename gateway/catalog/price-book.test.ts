import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { atPercent, priceAt, type Price, type PriceSpan } from "../price.ts";
import { builtinBook, builtinPrices } from "./price-book.ts";
import { batchPercent, bookVersion, priceLines } from "./prices.data.ts";

const nowMs = Date.parse("2026-11-20T12:00:00Z");

const priceOf = (model: string, atMs = nowMs): Price | null => {
  const prices = builtinPrices(model);
  return prices === null ? null : priceAt(prices, atMs);
};

/** Behind the version of the book. */
const cases: readonly (readonly [model: string, input: number | null, line: string | null])[] = [
  ["gpt-4", 30_000_000_000, "gpt-4"],
  [
    "us.anthropic.claude-3-haiku-20240307-v1:0",
    250_000_000,
    "anthropic.claude-3-haiku-20240307-v1:0",
  ],
  [
    "global.anthropic.claude-haiku-4-5-20251001-v1:0",
    1_000_000_000,
    "anthropic.claude-haiku-4-5-20251001-v1:0",
  ],
  [
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    1_100_000_000,
    "anthropic.claude-haiku-4-5-20251001-v1:0/110%",
  ],
  ["anthropic.claude-sonnet-4-6", 3_300_000_000, "anthropic.claude-sonnet-4-6/110%"],
  ["eu.anthropic.claude-sonnet-4-6-v1", 3_300_000_000, "anthropic.claude-sonnet-4-6/110%"],
  [
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6",
    3_300_000_000,
    "anthropic.claude-sonnet-4-6/110%",
  ],
  ["claude-haiku-4-5", 1_000_000_000, "anthropic.claude-haiku-4-5-20251001-v1:0"],
  ["claude-haiku-4-5-20251001", 1_000_000_000, "anthropic.claude-haiku-4-5-20251001-v1:0"],
  ["claude-opus-5", 5_000_000_000, "anthropic.claude-opus-5"],
  ["claude-haiku-5-5", 100_000_000, "anthropic.claude-haiku-5-5@2026-10-07"],
  ["anthropic.claude-haiku-5-5", 110_000_000, "anthropic.claude-haiku-5-5@2026-10-07/110%"],
  ["gpt-6-astra", 10_000_000_000, "gpt-6-astra"],
  ["global.openai.gpt-6-astra", 10_000_000_000, "openai.gpt-6-astra"],
  ["anthropic.claude-v3", null, null],
  ["arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123", null, null],
  ["__proto__", null, null],
  ["claude-", null, null],
];

for (const [model, input, line] of cases) {
  test(`MON-2 the price of ${model} is that of ${line ?? "nothing"}`, () => {
    const price = priceOf(model);
    const version = line === null ? null : `${bookVersion}/${line}`;
    assert.deepEqual([price?.input ?? null, price?.version ?? null], [input, version]);
  });
}

const shown = (price: Price | null) =>
  price === null
    ? null
    : [price, ...price.bands].map(({ input, output, cacheRead, version }) => [
        input,
        output,
        cacheRead,
        version.replace(`${bookVersion}/`, ""),
      ]);

test("MON-2 a long prompt has a band of its own, in a region a tenth dearer", () => {
  const name = "anthropic.claude-haiku-5-5@2026-10-07";
  assert.deepEqual(shown(priceOf("eu.anthropic.claude-haiku-5-5")), [
    [110_000_000, 550_000_000, 11_000_000, `${name}/110%`],
    [550_000_000, 2_750_000_000, 55_000_000, `${name}/110%/over-100000`],
  ]);
  const astra = priceOf("gpt-6-astra")?.bands[0];
  assert.deepEqual(
    [astra?.overTokens, astra?.input, astra?.output, astra?.cacheRead],
    [272_000, 20_000_000_000, 75_000_000_000, 2_000_000_000],
  );
});

test("MON-2 a line holds from its first day until its last, in UTC", () => {
  const change = Date.parse("2026-10-07T00:00:00Z");
  const read = (atMs: number) => priceOf("claude-sonnet-5-5", atMs)?.cacheRead;
  assert.deepEqual(
    [read(0), read(change - 1), read(change)],
    [200_000_000, 200_000_000, 100_000_000],
  );
  const haiku = (atMs: number) => priceOf("claude-haiku-5-5", atMs)?.version ?? null;
  assert.deepEqual(
    [haiku(change - 1), haiku(change)],
    [null, `${bookVersion}/anthropic.claude-haiku-5-5@2026-10-07`],
  );
});

describe("MON-3 the book", () => {
  const historical: Readonly<Record<string, readonly [input: number, output: number]>> = {
    "anthropic.claude-3-sonnet-20240229-v1:0": [3, 15],
    "anthropic.claude-3-haiku-20240307-v1:0": [0.25, 1.25],
    "anthropic.claude-3-opus-20240229-v1:0": [15, 75],
    "gpt-4": [30, 60],
    "gpt-4-turbo": [10, 30],
    "gpt-3.5-turbo": [0.5, 1.5],
    "gemini-1.5-pro": [3.5, 10.5],
    "gemini-1.5-flash": [0.35, 1.05],
  };
  for (const [model, usd] of Object.entries(historical)) {
    test(`${model} costs ${usd.join(" / ")} USD per million`, () => {
      const price = priceOf(model);
      assert.deepEqual([price?.input, price?.output], [usd[0] * 1e9, usd[1] * 1e9]);
    });
  }

  const spansIn = (span: PriceSpan | null): readonly PriceSpan[] =>
    span === null ? [] : [span, ...spansIn(span.next)];

  for (const name of Object.keys(priceLines)) {
    test(`${name}: dates in order, bands ascending, whole figures, a source`, () => {
      const entry = builtinBook.entry(name);
      assert.ok(entry !== null);
      const spans = spansIn(entry.prices);
      assert.ok(
        spans.every(({ untilMs }, at) => at === 0 || untilMs > (spans[at - 1]?.untilMs ?? 0)),
      );
      const prices = spans.flatMap(({ price }) => price ?? []);
      assert.equal(prices.length, priceLines[name]?.length);
      for (const price of prices) {
        assert.ok(price.origin.source.length > 5 && price.origin.confidence !== null);
        const edges = price.bands.map(({ overTokens }) => overTokens);
        assert.deepEqual(
          edges,
          edges.toSorted((one, other) => one - other),
        );
        for (const rates of [price, ...price.bands, atPercent(price, batchPercent)]) {
          const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = rates;
          const figures = [input, output, cacheRead, cacheWrite5m, cacheWrite1h];
          assert.ok(figures.every((figure) => Number.isSafeInteger(figure) && figure >= 0));
          assert.ok(input > 0 && cacheRead <= input && cacheWrite5m <= cacheWrite1h);
        }
        for (const rates of [price, ...price.bands]) {
          // Then no factor of the book rounds.
          assert.ok([rates.input, rates.output, rates.cacheRead].every((each) => each % 100 === 0));
        }
      }
    });
  }
});
