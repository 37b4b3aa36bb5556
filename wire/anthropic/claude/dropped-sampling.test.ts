import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { ApiVersion } from "./api-version.ts";
import { droppedSampling } from "./dropped-sampling.ts";

type Row = readonly [
  what: string,
  version: ApiVersion,
  model: string,
  chosen: readonly [temperature: number | null, topP: number | null, topK: number | null],
  dropped: string,
];

const table: readonly Row[] = [
  ["nothing chosen", "2026-10-21", "claude-opus-5", [null, null, null], ""],
  ["even the defaults", "2026-10-21", "claude-sonnet-4-6", [1, 0.99, 5], "temperature top_p top_k"],
  ["for whatever model", "2026-10-21", "deepseek-chat", [0, null, null], "temperature"],
  [
    "a model that refuses them",
    "2023-06-01",
    "claude-opus-4-7",
    [0.2, null, 5],
    "temperature top_k",
  ],
  ["a preview", "2023-06-01", "claude-mythos-preview", [0.2, null, null], "temperature"],
  ["a model that takes one of two", "2023-06-01", "claude-sonnet-4-5", [0.2, 0.9, 5], "top_p"],
  ["the other one alone", "2023-06-01", "claude-sonnet-4-5", [null, 0.9, null], ""],
  ["a model that takes all", "2023-06-01", "claude-3-5-sonnet-20241022", [0.2, 0.9, 5], ""],
  ["a model that is no Claude", "2023-06-01", "deepseek-chat", [0.2, 0.9, 5], ""],
  ["more than the range", "2023-06-01", "claude-3-opus-20240229", [1.4, null, null], "temperature"],
  ["the other in its place", "2023-06-01", "claude-sonnet-4-5", [1.4, 0.9, null], "temperature"],
];

describe("sampling that the target would refuse", () => {
  for (const [what, apiVersion, model, [temperature, topP, topK], dropped] of table) {
    test(`${what}: ${apiVersion} ${model}`, () => {
      const target = { apiVersion, model, isThinking: false };
      assert.equal(droppedSampling({ temperature, topP, topK }, target).join(" "), dropped);
    });
  }

  test("while a model thinks there is little to choose", () => {
    const target = {
      apiVersion: "2023-06-01",
      model: "claude-3-7-sonnet",
      isThinking: true,
    } as const;
    const chosen = { temperature: 0.5, topP: 0.9, topK: 3 };
    assert.deepEqual(droppedSampling(chosen, target), ["temperature", "top_p", "top_k"]);
    const allowed = { temperature: 1, topP: 0.95, topK: null };
    assert.deepEqual(droppedSampling(allowed, target), []);
  });
});
