import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { HistoryPolicy, ModelEntry, Pool } from "../model-entry.ts";
import type { Target } from "../target.ts";
import { entry, questionFor, target, viewOf } from "./route-fixture.ts";
import type { RouteQuestion } from "./route-question.ts";
import { planRoute } from "./route.ts";
import { shareWithoutRoom } from "./windows.ts";

const policied = (
  history: HistoryPolicy,
  targets: readonly Target[] = [target("a")],
  over: Partial<Pool> = {},
): ModelEntry => ({
  ...entry(targets, over),
  steering: { panicBelow: null, hedge: null, midStream: "error", history },
});

const planned = (of: ModelEntry, over: Partial<RouteQuestion>) =>
  planRoute(questionFor(over), of, viewOf({})).attempts.map(({ target: { id }, maxTokens }) => ({
    id,
    maxTokens,
  }));

function refusalOf(of: ModelEntry, over: Partial<RouteQuestion>): Failure {
  try {
    planned(of, over);
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error;
  }
  return assert.fail("it was planned");
}

/** A prompt of so many tokens, of which bytes show nothing. */
const prompt = (tokens: number, over: Partial<RouteQuestion> = {}): Partial<RouteQuestion> => ({
  inputTokensBound: Infinity,
  inputEstimate: () => tokens,
  maxTokens: 1_000,
  ...over,
});

test("MON-5 history gives way to the answer, 300 tokens of a template and 500 of safety", () => {
  const of = policied("dropOldest");
  assert.deepEqual(planned(of, prompt(8_200)), [{ id: "a", maxTokens: 1_000 }]);
  const refusal = refusalOf(of, prompt(8_201));
  assert.equal(refusal.code, "context_length_exceeded");
  const facts = { budgetType: "context_window", limit: 8_200, used: 0, needed: 8_201 };
  assert.deepEqual(refusal.details.facts, facts);
  assert.match(refusal.message, /about 8201 tokens, the window of 10000 leaves 8200 beside an/);
});

test("MON-5 without the policy a window is held against the prompt alone", () => {
  for (const alias of [policied("refuse"), entry([target("a")])]) {
    assert.equal(planned(alias, prompt(10_000)).length, 1);
    assert.match(refusalOf(alias, prompt(10_001)).message, /about 10001 tokens, the window 10000$/);
  }
});

test("MON-5 an answer that nobody asked to be long leaves three quarters of the window", () => {
  const facts = { contextWindow: 8_000, maxOutputTokens: 8_000, maxTokensField: "max_tokens" };
  const whole = target("a", { facts: facts as Target["facts"] }); // its strings are the type's
  const of = policied("dropOldest", [whole]);
  const unnamed = { maxTokens: null, freeOutputTokens: Infinity };
  assert.deepEqual(planned(of, prompt(5_200, unnamed)), [{ id: "a", maxTokens: 2_000 }]);
  assert.deepEqual(refusalOf(of, prompt(5_201, unnamed)).details.facts?.["limit"], 5_200);
  const short = { ...unnamed, inputTokensBound: 200 };
  assert.deepEqual(planned(of, short), [{ id: "a", maxTokens: 7_000 }]);
  assert.deepEqual(planned(entry([whole]), short), [{ id: "a", maxTokens: 8_000 }]);
});

test("MON-5 a target with room comes before leaving anything out", () => {
  const wide = target("wide", {
    facts: { contextWindow: 50_000, maxOutputTokens: 1_000, maxTokensField: "max_tokens" },
  });
  const of = policied("dropOldest", [target("a"), wide]);
  assert.deepEqual(
    planned(of, prompt(9_000)).map(({ id }) => id),
    ["wide"],
  );
  const refusal = refusalOf(of, prompt(60_000));
  assert.equal(refusal.details.facts?.["limit"], 48_200, "the one that lacks least is told");
  assert.equal(shareWithoutRoom(refusal), 1 - 48_200 / 60_000);
});

test("MON-5 nothing is estimated where the bound leaves room for the answer", () => {
  const inputEstimate = (): number => assert.fail("estimated");
  const of = policied("dropOldest");
  const fits = prompt(0, { inputTokensBound: 8_200, inputEstimate });
  assert.equal(planned(of, fits).length, 1);
});

test("MON-5 an answer as long as the window leaves room for no prompt", () => {
  const refusal = refusalOf(policied("dropOldest"), prompt(1, { maxTokens: 20_000 }));
  assert.equal(refusal.details.facts?.["limit"], 0);
  assert.equal(shareWithoutRoom(refusal), 1);
});

test("MON-5 a refusal for anything else lacks no room", () => {
  assert.equal(shareWithoutRoom(new Error("context_length_exceeded")), null);
  assert.equal(shareWithoutRoom(new Failure("unpriced", "Cannot call")), null);
});
