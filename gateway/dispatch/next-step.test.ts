import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { nextStep, type Setback } from "./next-step.ts";

const after = (restMs: number): string => {
  const setback = {
    plan: { attempts: [{}], policy: { max: 3, backoffMs: 0, backoffMaxMs: 0 } },
    failure: { verdict: "retry", retryAfterMs: 300 },
    made: 1,
    index: 0,
    remainingMs: 10_000,
    restMs,
  } as unknown as Setback; // nothing else is read here
  return nextStep(setback, new SeededRandom(1)).kind;
};

test("RTE-8 a sole target is tried when its own pause is over, whatever floats make of it", () => {
  // When it may go, less now: (8,123.4567 + 300.1) - 8,123.4567 is not 300.1.
  assert.equal(after(300.000_000_000_1), "attempt");
  assert.equal(after(30_000), "giveUp");
});
