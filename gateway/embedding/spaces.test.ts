import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { embeddingFactsOf } from "../catalog/embedding-facts.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { Price } from "../price.ts";
import type { Target } from "../target.ts";
import { attemptFor, dearestOfSpaces, spacesOf } from "./spaces.ts";

const priceOf = (input: number): Price => ({
  version: "p",
  input,
  output: 0,
  cacheRead: input,
  cacheWrite5m: input,
  cacheWrite1h: input,
  bands: [],
  origin: { from: null, until: null, source: "a test", confidence: null },
});

const planned = (upstreamModel: string, perMillion = 1_000_000): PlannedAttempt =>
  ({
    target: { upstreamModel, embedding: embeddingFactsOf(upstreamModel) } as Target,
    price: priceOf(perMillion),
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

  test("MON-4 an input for a model that no table knows is bound by its bytes alone", () => {
    const long = { text: "x", tokensBound: 90_000 };
    const [space] = spacesOf(planOf(planned("voyage-3-large")), [long]);
    assert.equal(space?.parts[0]?.tokensBound, 90_008);
  });

  test("MON-7 a call is reserved as the sum of its parts, where each costs most", () => {
    const cheap = planned(cohere, 1_000_000);
    const dear = planned(`us.${cohere}`, 3_000_000);
    const other = planned(titan, 1_000_000);
    // Two parts of 960 and 40 tokens, each with what rounding may add.
    const reserved = dearestOfSpaces(spacesOf(planOf(cheap, dear, other), inputs));
    const nanoUsd = 960 * 3 + 3 + 40 * 3 + 3;
    assert.deepEqual(reserved, { nanoUsd, inputTokens: 1_000, outputTokens: 0 });
    // A hundred parts of 10 tokens.
    const alone = dearestOfSpaces(spacesOf(planOf(other), inputs));
    assert.deepEqual(alone, { nanoUsd: 100 * (10 + 3), inputTokens: 1_000, outputTokens: 0 });
  });

  test("an attempt at a part is as big as the part", () => {
    const part = { range: { start: 0, end: 1 }, tokensBound: 40 };
    const { boundInputTokens, boundNanoUsd } = attemptFor(planned(titan, 2_000_000), part);
    assert.deepEqual([boundInputTokens, boundNanoUsd], [40, 83]);
  });
});
