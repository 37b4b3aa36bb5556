import assert from "node:assert/strict";
import { test } from "node:test";
import { always, neverPriced, type Price, type PriceSpan } from "../price.ts";
import type { Target } from "../target.ts";
import { modelDetails } from "./model-details.ts";
import { builtinPrices } from "./price-book.ts";

const nowMs = Date.parse("2026-11-20T00:00:00Z");

const target = (upstreamModel: string, prices: PriceSpan | null, region = "r"): Target =>
  // No more is told of one.
  ({ provider: "p", region, upstreamModel, prices: prices ?? neverPriced }) as Target;

const listed = (upstreamModel: string, region?: string): Target =>
  target(upstreamModel, builtinPrices(upstreamModel), region);

const detailsOf = (...targets: readonly Target[]) => {
  const pool = { name: "alias", targets } as never; // as above
  const policy = { max: 1, backoffMs: 0, backoffMaxMs: 0 };
  return modelDetails({ name: "alias", pools: [pool], policy, totalMs: 1 }, nowMs);
};

test("a name with one model has its window, cap, abilities and price", () => {
  const { capabilities, price, ...rest } = detailsOf(listed("claude-haiku-5-5"));
  assert.deepEqual(rest, {
    contextWindow: 1_000_000,
    maxOutputTokens: 128_000,
    hasSeveralPrices: false,
    places: [{ provider: "p", region: "r" }],
  });
  assert.deepEqual(
    [capabilities.images, capabilities.embeddings, capabilities.structuredOutput],
    [true, false, null],
  );
  assert.deepEqual(price, {
    input: "0.1",
    output: "0.5",
    cacheRead: "0.01",
    cacheWrite5m: "0.125",
    cacheWrite1h: "0.2",
    version: "2026-11-20/anthropic.claude-haiku-5-5@2026-10-07",
    bands: [
      {
        overPromptTokens: 100_000,
        input: "0.5",
        output: "2.5",
        cacheRead: "0.05",
        cacheWrite5m: "0.625",
        cacheWrite1h: "1",
      },
    ],
    validFrom: "2026-10-07",
    validUntil: null,
    source: price?.source,
    confidence: "B",
  });
});

test("of several models the smallest window, what all can do, and the dearest price", () => {
  const details = detailsOf(listed("claude-opus-5"), listed("gpt-3.5-turbo"), listed("gpt-4"));
  assert.deepEqual([details.contextWindow, details.maxOutputTokens], [8_192, 4_096]);
  const { tools, images, documents } = details.capabilities;
  assert.deepEqual([tools, images, documents], [true, false, false]);
  assert.deepEqual([details.price?.input, details.hasSeveralPrices], ["30", true]);
});

test("of a model that no table has nothing is claimed", () => {
  const details = detailsOf(listed("claude-opus-5"), target("nobody", null));
  assert.deepEqual([details.contextWindow, details.maxOutputTokens], [null, null]);
  assert.ok(Object.values(details.capabilities).every((can) => can !== true));
  assert.deepEqual([details.price?.input, details.hasSeveralPrices], ["5", true]);
  assert.equal(detailsOf(target("nobody", null)).price, null);
});

test("the same place and price twice are told once", () => {
  const price = { ...(builtinPrices("gpt-4")?.price as Price), version: "one" };
  const same = always(price);
  const details = detailsOf(
    target("a", same, "east"),
    target("b", same, "west"),
    target("c", same, "east"),
  );
  assert.equal(details.hasSeveralPrices, false);
  assert.deepEqual(
    details.places.map(({ region }) => region),
    ["east", "west"],
  );
});
