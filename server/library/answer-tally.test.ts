import assert from "node:assert/strict";
import { test } from "node:test";
import type { Completion, Served } from "@sekisho/gateway/answer.ts";
import type { Choice } from "@sekisho/gateway/choice.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { AnswerTally } from "./answer-tally.ts";

const target = { provider: "p", region: "r", upstreamModel: "m" };

function resultOf(more: Partial<Served>, choice: Choice | null) {
  const completion: Completion = {
    served: { target, attempts: 1, dropped: [], ...more },
    costNanoUsd: 1,
    usage: noUsage,
    timing: { firstTokenMs: 1, latencyMs: 2 },
    headers: [],
  };
  const call = { requestId: "req_1", firstRequestId: null, choice };
  const { cached, cache, arm, reason } = new AnswerTally().result(completion, call);
  return { cached, cache, arm, reason };
}

test("REF-1 a result says how it was answered, by which arm, and why that one", () => {
  const none = { cached: false, cache: null, arm: null, reason: null };
  assert.deepEqual(resultOf({}, null), none);
  const cache = { kind: "semantic", key: "k", ageMs: 5, similarity: 0.97 } as const;
  const choice: Choice = {
    kind: "split",
    alias: "small",
    split: "ab",
    by: "user",
    weight: 1,
    ofWeight: 4,
    phase: 0,
  };
  assert.deepEqual(resultOf({ cache, arm: "small" }, choice), {
    cached: true,
    cache,
    arm: "small",
    reason: "small: 1 of 4 of ab, by user",
  });
  const miss = { kind: "miss", key: "k" } as const;
  assert.deepEqual(resultOf({ cache: miss }, null), { ...none, cache: miss });
});
