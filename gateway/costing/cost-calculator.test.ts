import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { builtinPrices } from "../catalog/price-book.ts";
import { always, flatPrice, priceAt } from "../price.ts";
import { batchPercent } from "../catalog/prices.data.ts";
import { CostCalculator } from "./cost-calculator.ts";

const at = (time: string): number => Date.parse(time);
const nowMs = at("2026-11-20T12:00:00Z");
const cost = new CostCalculator({
  pricesOf: builtinPrices,
  namesLike: () => ["gpt-4", "gpt-4-turbo", "gpt-44"],
  wallMs: () => nowMs,
  batchPercent,
});

const short = { input: 100, output: 50 };
const sonnet3 = "anthropic.claude-3-sonnet-20240229-v1:0";
const book = "2026-11-20";

test("MON-3 MON-17 100 + 50 tokens of GPT-4, Claude 3 Sonnet and Gemini 1.5 Flash", () => {
  assert.deepEqual(cost.calculate("gpt-4", short), {
    model: "gpt-4",
    costNanoUsd: 6_000_000,
    costUsd: "0.006",
    priceVersion: `${book}/gpt-4`,
  });
  assert.equal(cost.calculate(sonnet3, short).costUsd, "0.00105");
  assert.equal(cost.calculate("gemini-1.5-flash", short).costUsd, "0.0000875");
});

test("MON-17 what costs more than a number holds is refused", () => {
  const message = /the cost exceeds 9007199254740991$/;
  const sum = { input: 3e11, output: 14e10 }; // each of them is below
  for (const tokens of [{ input: Number.MAX_SAFE_INTEGER, output: 0 }, sum]) {
    const asked = (): unknown => cost.calculate("gpt-4", tokens);
    assert.throws(asked, { code: "invalid_value", message });
  }
});

test("MON-17 1,000 requests a day with GPT-4 cost 6.00 a day, 180.00 in 30", () => {
  const load = { model: "gpt-4", requestsPerDay: 1_000, ...short };
  const month = cost.monthly(load);
  assert.deepEqual(
    [month.requestUsd, month.dayUsd, month.totalUsd, month.days],
    ["0.006", "6.00", "180.00", 30],
  );
  assert.equal(cost.monthly({ ...load, days: 365 }).totalUsd, "2190.00");
});

test("MON-17 models are compared, the cheapest first", () => {
  const models = ["gpt-4", sonnet3, "gemini-1.5-flash"];
  const compared = cost.compare(models, short).map(({ model }) => model);
  assert.deepEqual(compared, ["gemini-1.5-flash", sonnet3, "gpt-4"]);
  assert.equal(cost.cheapest(models, short).model, "gemini-1.5-flash");
});

test("MON-2 a prompt beyond the band costs more for all of its tokens", () => {
  const haiku = "global.anthropic.claude-haiku-5-5";
  const below = cost.calculate(haiku, { input: 90_000, cacheRead: 10_000, output: 1_000 });
  assert.equal(below.costNanoUsd, 9_000_000 + 100_000 + 500_000);
  const beyond = cost.calculate(haiku, { input: 90_001, cacheRead: 10_000, output: 1_000 });
  assert.equal(beyond.costNanoUsd, 45_000_500 + 500_000 + 2_500_000);
  const version = `${book}/anthropic.claude-haiku-5-5@2026-10-07`;
  assert.deepEqual([below.priceVersion, beyond.priceVersion], [version, `${version}/over-100000`]);
});

test("MON-2 a batch costs half, a region a tenth more, both together 55 %", () => {
  const all = { input: 1_000_000, output: 1_000_000 };
  const costs = ["global.", "eu."].flatMap((geography) =>
    [false, true].map((batch) => {
      const model = `${geography}anthropic.claude-sonnet-4-6`;
      const { costUsd, priceVersion } = cost.calculate(model, { ...all, batch });
      return [costUsd, priceVersion.replace(`${book}/anthropic.claude-sonnet-4-6`, "")];
    }),
  );
  assert.deepEqual(costs, [
    ["18.00", ""],
    ["9.00", "/50%"],
    ["19.80", "/110%"],
    ["9.90", "/110%/50%"],
  ]);
});

test("MON-2 each day has its own price", () => {
  const cached = { input: 0, output: 0, cacheRead: 1_000_000 };
  const on = (time: string): string =>
    cost.calculate("claude-sonnet-5-5", cached, at(time)).costUsd;
  assert.deepEqual([on("2026-10-06T23:59:59.999Z"), on("2026-10-07T00:00Z")], ["0.20", "0.10"]);
});

const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.details.param}`;
    throw error;
  }
  return "nothing";
};

test("MON-2 what has no price, or no count, is refused", () => {
  assert.equal(
    refused(() => cost.calculate("nobody", short)),
    "unpriced model",
  );
  const early = (): unknown => cost.calculate("claude-haiku-5-5", short, at("2026-10-06T00:00Z"));
  assert.equal(refused(early), "unpriced model");
  for (const wrong of [-1, 0.5, NaN, Infinity]) {
    assert.equal(
      refused(() => cost.calculate("gpt-4", { ...short, input: wrong })),
      "invalid_value input",
    );
  }
  assert.equal(
    refused(() => cost.cheapest([], short)),
    "invalid_value models",
  );
  const load = { model: "gpt-4", requestsPerDay: -1, ...short };
  assert.equal(
    refused(() => cost.monthly(load)),
    "invalid_value requestsPerDay",
  );
});

test("MON-1 sums are exact beyond 2^53", () => {
  const load = { model: "gpt-4", requestsPerDay: 9_007_199_254_740_991, input: 1, output: 0 };
  assert.equal(cost.monthly({ ...load, days: 365 }).totalUsd, "98628831839413.85145");
});

test("MON-17 who misspells a model is told near ones that have a price", () => {
  assert.deepEqual(cost.nearest("gpt-5"), ["gpt-4"]);
  assert.throws(() => cost.calculate("gpt-5", short), {
    code: "unpriced",
    message: 'Cannot price model "gpt-5": it has no price; the nearest is "gpt-4"',
  });
  assert.throws(() => cost.calculate("no-such-model", short), { message: /no price$/ });
  assert.deepEqual(
    ["gpt-4", "gpt-5"].map((model) => cost.isPriced(model)),
    [true, false],
  );
});

test("MON-2 the calculator knows what requests and images cost beside their tokens", () => {
  const gpt4 = priceAt(builtinPrices("gpt-4") ?? assert.fail(), 0) ?? assert.fail();
  const flat = flatPrice(1_000_000, 20_000) ?? assert.fail();
  const sources = { namesLike: () => [], wallMs: () => 0, batchPercent: 50 };
  const priced = new CostCalculator({ ...sources, pricesOf: () => always({ ...gpt4, flat }) });
  const tokens = { input: 100, output: 50 };
  assert.equal(priced.calculate("m", tokens).costUsd, "0.007");
  assert.equal(priced.calculate("m", { ...tokens, images: 3 }).costUsd, "0.00706");
  assert.equal(priced.calculate("m", { ...tokens, images: 3, batch: true }).costUsd, "0.00353");
  assert.throws(() => priced.calculate("m", { ...tokens, images: -1 }), { code: "invalid_value" });
  assert.throws(() => priced.calculate("m", { ...tokens, images: 2 ** 52 }), {
    code: "invalid_value",
  });
});
