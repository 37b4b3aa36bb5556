import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { embeddingFactsOf } from "../catalog/embedding-facts.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { Target } from "../target.ts";
import { attemptFor, dearestNanoUsd, spacesOf } from "./spaces.ts";

const priceOf = (input: number) => ({
  version: "p",
  input,
  output: 0,
  cacheRead: input,
  cacheWrite5m: input,
  cacheWrite1h: input,
});

const planned = (upstreamModel: string, perMillion = 1_000_000): PlannedAttempt =>
  ({
    target: {
      upstreamModel,
      embedding: embeddingFactsOf(upstreamModel),
      price: priceOf(perMillion),
    } as Target,
  }) as PlannedAttempt; // nothing else is read here

const planOf = (...attempts: PlannedAttempt[]): Plan => ({ attempts }) as unknown as Plan;

const inputs = Array.from({ length: 100 }, () => ({ text: "ab", tokensBound: 2 }));
const titan = "amazon.titan-embed-text-v2:0";
const cohere = "cohere.embed-v4:0";

describe("the vectors of one answer are of one model", () => {
  test("under whatever name a region has it, in the order of the plan", () => {
    const plan = planOf(planned(cohere), planned(titan), planned(`us.${cohere}`));
    const spaces = spacesOf(plan, inputs);
    assert.deepEqual(
      spaces.map(({ attempts }) => attempts.map(({ target }) => target.upstreamModel)),
      [[cohere, `us.${cohere}`], [titan]],
    );
    assert.deepEqual(
      spaces.map(({ parts }) => parts.length),
      [2, 100],
    );
  });

  test("MON-4 a part is bound by its inputs and their marks, each at most a window", () => {
    const long = { text: "x", tokensBound: 1_000_000 };
    const [space] = spacesOf(planOf(planned("cohere.embed-english-v3")), [long, ...inputs]);
    assert.deepEqual(
      space?.parts.map(({ tokensBound }) => tokensBound),
      [512 + 95 * 10, 5 * 10],
    );
  });

  test("MON-7 a call is reserved as the sum of its parts, where each costs most", () => {
    const cheap = planned(cohere, 1_000_000);
    const dear = planned(`us.${cohere}`, 3_000_000);
    const other = planned(titan, 1_000_000);
    // Two parts of 960 and 40 tokens, each with what rounding may add.
    const reserved = dearestNanoUsd(spacesOf(planOf(cheap, dear, other), inputs));
    assert.equal(reserved, 960 * 3 + 3 + 40 * 3 + 3);
    // A hundred parts of 10 tokens.
    assert.equal(dearestNanoUsd(spacesOf(planOf(other), inputs)), 100 * (10 + 3));
    assert.equal(dearestNanoUsd([]), 0);
  });

  test("an attempt at a part is as big as the part", () => {
    const part = { range: { start: 0, end: 1 }, tokensBound: 40 };
    const { boundTokens, boundNanoUsd } = attemptFor(planned(titan, 2_000_000), part);
    assert.deepEqual([boundTokens, boundNanoUsd], [40, 83]);
  });
});
