import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanView } from "@sekisho/wire/admin/plans.ts";
import { planText } from "./plan.ts";

const plan: PlanView = {
  request: {
    messagesPerDay: 1_000,
    blend: [],
    freeInputTokens: 0,
    freeOutputTokens: 0,
    cachePercent: 0,
    days: 30,
    peakPercent: 300,
    answerMs: 7_000,
    quotaTokensPerMinute: 0,
    callsPerSecondPerReplica: 1_000,
    replicaNanoUsdPerHour: 49_370_000,
  },
  scenarios: [
    {
      name: "as planned",
      lines: [
        {
          model: "haiku",
          messages: 1_000,
          inputTokens: 500,
          outputTokens: 256,
          messageUsd: "0.0070445",
          dayUsd: "7.0445",
          priceVersion: "book/line",
        },
      ],
      dayUsd: "7.0445",
      totalUsd: "211.335",
      savedPermille: 0,
    },
  ],
  load: {
    averagePerSecond: 0.01,
    peakPerSecond: 0.03,
    peakInputTokensPerMinute: 1_042,
    peakOutputTokensPerMinute: 534,
    streamsAtPeak: 1,
    quotaPercent: null,
    replicas: 2,
    platformUsd: "71.0928",
  },
};

test("MON-18 a plan has its sums to the cent, and one answer is one", () => {
  const text = planText(plan);
  assert.match(text, /^as planned: 7\.04 USD a day, 211\.34 in 30 days\n/);
  assert.match(text, /^haiku +1,000 +500 +256 +0\.0070445 +7\.04$/m);
  assert.match(text, /: 1 answer at once,$/m);
  assert.match(text, /^2 replicas, one of them to spare: 71\.09 USD in 30 days$/m);
});

test("MON-18 a plan of one day and of many answers", () => {
  const load = { ...plan.load, streamsAtPeak: 1_234, peakPerSecond: 1 };
  const text = planText({ ...plan, request: { ...plan.request, days: 1 }, load });
  assert.match(text, /^at the busiest second, 1 message \(.*: 1,234 answers at once,$/m);
  assert.match(text, /71\.09 USD in 1 day$/m);
});
