import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanRequest } from "@sekisho/wire/admin/plans.ts";
import { parsePlanRequest } from "@sekisho/wire/admin/plans.ts";
import { planCapacity } from "./capacity-plan.ts";
import { CostCalculator } from "./cost-calculator.ts";
import type { PriceSpan } from "../price.ts";

/** USD per million tokens, as nano-USD. */
const span = (input: number, output: number): PriceSpan => {
  const rates = { input, output, cacheRead: input, cacheWrite5m: input, cacheWrite1h: input };
  const origin = { from: null, until: null, source: "test", confidence: null };
  return {
    untilMs: Infinity,
    next: null,
    price: { ...rates, version: `${input}/${output}`, bands: [], origin },
  };
};

const prices: Readonly<Record<string, PriceSpan>> = {
  "claude-3-sonnet": span(3_000_000_000, 15_000_000_000),
  "claude-3-haiku": span(250_000_000, 1_250_000_000),
  free: span(0, 0),
};

const costs = new CostCalculator({
  pricesOf: (model) => prices[model] ?? null,
  namesLike: () => Object.keys(prices),
  wallMs: () => 0,
  batchPercent: 50,
});

function asked(body: object): PlanRequest {
  const parsed = parsePlanRequest(body);
  return parsed.ok ? parsed.value : assert.fail(parsed.message);
}

const plan = (body: object) => planCapacity(asked(body), costs);

test("MON-18 a million messages a day: 45,000, 21,360 and 6,719.50 USD", () => {
  const { scenarios, load } = plan({ messagesPerDay: 1_000_000 });
  assert.deepEqual(
    scenarios.map(({ dayUsd, totalUsd, savedPermille }) => [dayUsd, totalUsd, savedPermille]),
    [
      ["45000.00", "1350000.00", 0],
      ["21360.00", "640800.00", 525],
      ["6719.50", "201585.00", 850],
    ],
  );
  assert.deepEqual(
    scenarios[2]?.lines.map(({ model, messages, messageUsd, dayUsd }) => [
      model,
      messages,
      messageUsd,
      dayUsd,
    ]),
    [
      ["claude-3-sonnet", 300_000, "0.02136", "6408.00"],
      ["claude-3-haiku", 700_000, "0.000445", "311.50"],
    ],
  );
  assert.deepEqual(load, {
    averagePerSecond: 11.57,
    peakPerSecond: 34.72,
    peakInputTokensPerMinute: 1_979_167,
    peakOutputTokensPerMinute: 1_013_334,
    streamsAtPeak: 81,
    quotaPercent: null,
    replicas: 2,
    platformUsd: "71.0928",
  });
});

test("MON-18 what a cache answers costs nothing in the plan alone", () => {
  const { scenarios } = plan({ messagesPerDay: 1_000_000, cachePercent: 50 });
  assert.deepEqual(
    scenarios.map(({ dayUsd }) => dayUsd),
    ["45000.00", "21360.00", "3359.75"],
  );
});

test("MON-18 every message is in one part of the blend, however the percent round", () => {
  const blend = ["claude-3-sonnet:33:1:1", "claude-3-haiku:33:1:1", "free:34:1:1"];
  for (const messagesPerDay of [1, 2, 7, 99, 100, 101, 12_345_678_9]) {
    const { scenarios } = plan({ messagesPerDay, blend });
    const sum = scenarios[2]?.lines.reduce((total, { messages }) => total + messages, 0);
    assert.equal(sum, messagesPerDay);
  }
});

test("MON-18 a quota too small is more than 100 %, and the peak decides on replicas", () => {
  const { load } = plan({
    messagesPerDay: 1_000_000_000,
    quotaTokensPerMinute: 1_000_000,
    callsPerSecondPerReplica: 500,
  });
  assert.ok((load.quotaPercent ?? 0) > 100_000);
  assert.equal(load.replicas, Math.ceil(34_722.22 / 500) + 1);
});

test("a free blend saves everything, and divides by nothing", () => {
  const blend = ["free:100:10:10"];
  const { scenarios } = plan({ messagesPerDay: 10, blend });
  assert.deepEqual(
    scenarios.map(({ savedPermille }) => savedPermille),
    [0, 0, 0],
  );
});

test("MON-2 a model without a price is refused, never planned for nothing", () => {
  assert.throws(() => plan({ messagesPerDay: 1, blend: ["nobody:100:1:1"] }), { code: "unpriced" });
});

const refused: readonly (readonly [body: object, says: RegExp])[] = [
  [{}, /messagesPerDay must be 1 or more/],
  [{ messagesPerDay: 1, blend: ["fast:30:1:1"] }, /blend adds up to 30 %, 100 needed/],
  [{ messagesPerDay: 1, blend: ["fast"] }, /blend must be a list .* fast:70:500:256/],
  [{ messagesPerDay: 1, cachePercent: 101 }, /cachePercent must be at most 100/],
  [{ messagesPerDay: 1, peakPercent: 50 }, /peakPercent must be 100 or more/],
  [{ messagesPerDay: 1, days: 0 }, /days must be from 1 to 3660/],
  [{ messagesPerDay: -1 }, /messagesPerDay must be an integer/],
  [{ messagesPerDay: 1, callsPerSecondPerReplica: 0 }, /callsPerSecondPerReplica must be 1/],
];

for (const [body, says] of refused) {
  test(`a plan is refused: ${says.source}`, () => {
    const parsed = parsePlanRequest(body);
    assert.ok(!parsed.ok);
    assert.match(parsed.message, says);
  });
}
