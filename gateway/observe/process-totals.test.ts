import assert from "node:assert/strict";
import { test } from "node:test";

import { ProcessTotals } from "./process-totals.ts";

const usage = {
  input: 1,
  output: 2,
  cacheRead: 10,
  cacheWrite5m: 100,
  cacheWrite1h: 1_000,
  reasoning: 1,
};

test("REF-1 the sums of a process count whole prompts, and money beyond 2^53 nano-USD", () => {
  const totals = new ProcessTotals();
  const costNanoUsd = Number.MAX_SAFE_INTEGER;
  totals.ended({ usage, isError: false, isGiven: false, totalMs: 20, costNanoUsd });
  totals.ended({ usage, isError: true, isGiven: false, totalMs: 10, costNanoUsd });
  totals.ended({ usage: null, isError: true, isGiven: true, totalMs: 0, costNanoUsd: 0 });
  assert.deepEqual(totals.figures, {
    requests: 3,
    errors: 2,
    given: 1,
    inputTokens: 2_222,
    outputTokens: 4,
    costNanoUsd: 2n * BigInt(costNanoUsd),
    latencyMs: 30,
  });
});
