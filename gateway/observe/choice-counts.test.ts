import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { JudgedChoice } from "../choice.ts";
import type { ModelEntry } from "../model-entry.ts";
import { always } from "../price.ts";
import { entry, target, usualPrice } from "../route/route-fixture.ts";
import { ChoiceCounts } from "./choice-counts.ts";

const dearPrice = { ...usualPrice, input: 10_000_000, output: 20_000_000 };
const instead = entry([target("dear", { prices: always(dearPrice) })]);
const auto: ModelEntry = { ...entry([target("cheap")]), name: "auto", branch: "fast", instead };

const simple: JudgedChoice = {
  kind: "complexity",
  alias: "fast",
  complexity: "simple",
  points: -2,
  signals: [
    { name: "short", points: -1, word: null },
    { name: "no history", points: -1, word: null },
  ],
};

const served = (source: "reported" | "unknown"): AttemptRecord =>
  ({
    outcome: {
      kind: "complete",
      measured: { usage: { ...noUsage, input: 100, output: 50 }, source },
    },
  }) as unknown as AttemptRecord; // as much as a saving is made of

/** A prompt without images. */
const request = { read: { facts: { size: { images: 0 } } } };

const linesOf = (record: (counts: ChoiceCounts) => void): string[] => {
  const metrics = new Metrics();
  record(new ChoiceCounts(metrics));
  return metrics
    .expose()
    .split("\n")
    .filter((line) => line.startsWith("sekisho_choice"));
};

test("RTE-5 what was picked, its signals and what it saved are counted", () => {
  const call = { choice: simple, entry: auto, arrivedWallMs: 0, request };
  const lines = linesOf((counts) => {
    counts.record({ call, counts: served("reported"), costNanoUsd: 200 });
    counts.record({ call, counts: null, costNanoUsd: 0 });
  });
  assert.deepEqual(lines, [
    'sekisho_choices_total{alias="auto",chosen="fast",complexity="simple"} 2',
    'sekisho_choice_signals_total{alias="auto",signal="short"} 2',
    'sekisho_choice_signals_total{alias="auto",signal="no history"} 2',
    // 100 tokens at 10 nano-USD and 50 at 20, of which 200 were paid.
    'sekisho_choice_saved_nano_usd_total{alias="auto"} 1800',
  ]);
});

test("RTE-5 nothing is saved by a strong call, or by usage that nobody knows", () => {
  const call = { choice: simple, entry: auto, arrivedWallMs: 0, request };
  const choice: JudgedChoice = { ...simple, complexity: "strong" };
  const strong = { choice, entry: instead, arrivedWallMs: 0, request };
  const lines = linesOf((counts) => {
    counts.record({ call, counts: served("unknown"), costNanoUsd: 0 });
    counts.record({ call: strong, counts: served("reported"), costNanoUsd: 0 });
    const none = { choice: null, entry: auto, arrivedWallMs: 0, request };
    counts.record({ call: none, counts: served("reported"), costNanoUsd: 0 });
  });
  assert.deepEqual(
    lines.filter((line) => line.includes("saved") || line.includes("choices_total")),
    [
      'sekisho_choices_total{alias="auto",chosen="fast",complexity="simple"} 1',
      'sekisho_choices_total{alias="alias",chosen="fast",complexity="strong"} 1',
    ],
  );
});
