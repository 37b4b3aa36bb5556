import assert from "node:assert/strict";
import { test } from "node:test";
import { modelDetails } from "@sekisho/gateway/catalog/model-details.ts";
import { priceAt, type PriceSpan } from "@sekisho/gateway/price.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { loaded, parseText } from "../../config/loading/text-fixture.ts";
import { noBalancers } from "./balancers.ts";
import { catalogOf } from "./catalog.ts";
import { calculatorOf, pricesOf, pricesOrFree } from "./prices.ts";

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

const text = `
providers: { p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9" } }
models:
  fast: { targets: [{ provider: p, model: own }, { provider: p, model: gpt-4 }] }
  "free*": { passThrough: { provider: p }, unpriced: allow }
  "paid*": { passThrough: { provider: p }, price: required }
  "*": { passThrough: { provider: p } }
prices:
  override:
    own:
      inputUsdPerMillion: 1
      outputUsdPerMillion: 2
      cacheReadUsdPerMillion: 0.1
      bands: [{ overPromptTokens: 1000, inputUsdPerMillion: 5, outputUsdPerMillion: 6 }]
      changes: [{ from: "2026-12-01", inputUsdPerMillion: 0.5, outputUsdPerMillion: 1 }]
    gpt-4:
      { inputUsdPerMillion: 7, outputUsdPerMillion: 8, requestUsd: 0.002, imageUsd: 0.000000005 }
`;

const outcome = parseText(text);
assert.ok(outcome.ok);
const { config } = outcome.value;
const catalog = catalogOf(config, noBalancers);

const priceOf = (prices: PriceSpan | undefined, day: string) =>
  prices === undefined ? null : priceAt(prices, at(day));

test("MON-2 a price of the file wins over the book, with its bands and its days", () => {
  const own = pricesOf(config, "own")?.prices;
  const now = priceOf(own, "2026-11-30");
  assert.deepEqual(
    [now?.version, now?.input, now?.cacheRead, now?.cacheWrite1h],
    ["config/own", 1_000_000_000, 100_000_000, 1_000_000_000],
  );
  const [band] = now?.bands ?? [];
  assert.deepEqual(
    [band?.overTokens, band?.input, band?.cacheRead, band?.version],
    [1_000, 5_000_000_000, 5_000_000_000, "config/own/over-1000"],
  );
  const later = priceOf(own, "2026-12-01");
  assert.deepEqual(
    [later?.version, later?.input, later?.bands],
    ["config/own@2026-12-01", 500_000_000, []],
  );
  assert.deepEqual([now?.origin.until, later?.origin.from], ["2026-12-01", "2026-12-01"]);
  assert.equal(priceOf(pricesOf(config, "gpt-4")?.prices, "2026-11-20")?.version, "config/gpt-4");
  assert.equal(priceOf(pricesOf(config, "gpt-4o")?.prices, "2026-11-20")?.input, 2_500_000_000);
});

test("MON-2 a price of the file may charge requests and images beside their tokens", () => {
  const flat = priceOf(pricesOf(config, "gpt-4")?.prices, "2026-11-20")?.flat;
  assert.deepEqual(flat, { perRequest: 2_000_000, perImage: 5, nanoUsd: 2_000_000 });
  assert.equal(priceOf(pricesOf(config, "own")?.prices, "2026-11-20")?.flat, undefined);
});

test("MON-2 a name that every object has is no price", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assert.equal(pricesOf(config, name), null);
    assert.equal(catalog.peek(name).pools[0]?.targets[0]?.prices.price, null);
  }
});

test("MON-2 without a price a model is free where that is allowed, and when it is", () => {
  const free = catalog.peek("free-of-charge").pools[0]?.targets[0];
  assert.deepEqual([free?.prices.price?.version, free?.prices.price?.output], ["unpriced", 0]);
  const haiku = pricesOrFree(pricesOf(config, "claude-haiku-5-5"));
  assert.equal(priceOf(haiku, "2026-10-06")?.version, "unpriced");
  assert.equal(priceOf(haiku, "2026-10-07")?.input, 100_000_000);
});

test("MON-2 a family that needs a price refuses a name without one, and says what to set", () => {
  assert.throws(() => catalog.peek("paid-model"), {
    code: "unpriced",
    message:
      'Cannot call model "paid-model": it has no price, and "paid*" requires one ' +
      '(an administrator sets prices.override["paid-model"], or unpriced: allow)',
  });
});

test("MON-17 what passes without a price has none for who asks what it costs", () => {
  const { config: lax } = loaded(`prices: { unpriced: allow }
providers: { p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" } }
models: { free: { targets: [{ provider: p, model: nobody-prices-it }] } }`);
  const names = catalogOf(lax, noBalancers);
  const costs = calculatorOf({ wallMs: () => 0 }, () => ({ config: lax, catalog: names }));
  assert.throws(() => costs.calculate("free", { input: 1, output: 1 }), { code: "unpriced" });
  assert.equal(modelDetails(names.peek("free"), 0).price, null);
  const [booked] = names.targets();
  assert.equal(booked && priceAt(booked.prices, 0)?.version, "unpriced");
});

test("MON-17 the calculator knows aliases, overrides and the book, by the prices of now", () => {
  const clock = { wallMs: () => at("2026-11-30") };
  const costs = calculatorOf(clock, () => ({ config, catalog }));
  const tokens = { input: 1_000, output: 1_000 };
  const versionOf = (model: string): string => costs.calculate(model, tokens).priceVersion;
  assert.deepEqual(["fast", "own", "gpt-4", "gpt-4o"].map(versionOf), [
    "config/own",
    "config/own",
    "config/gpt-4",
    "2026-11-20/gpt-4o",
  ]);
  assert.equal(costs.calculate("fast", tokens).costUsd, "0.003");
  assert.equal(costs.calculate("fast", tokens, at("2026-12-01")).costUsd, "0.0015");
  assert.throws(() => costs.calculate("nobody", tokens), { code: "unpriced" });
  const early = calculatorOf(new VirtualClock(), () => ({ config, catalog }));
  assert.equal(early.calculate("own", tokens).priceVersion, "config/own");
});
