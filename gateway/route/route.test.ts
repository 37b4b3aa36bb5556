import assert from "node:assert/strict";
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import type { Health } from "../health.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { Target } from "../target.ts";
import { planRoute, type RouteQuestion } from "./route.ts";

const price = {
  version: "p",
  input: 1_000_000,
  output: 2_000_000,
  cacheRead: 1_000_000,
  cacheWrite5m: 1_000_000,
  cacheWrite1h: 1_000_000,
};

const target = (id: string, over: Partial<Target> = {}): Target => ({
  id,
  provider: id,
  region: "r",
  credentialId: "c",
  upstreamModel: "m",
  apis: "openai.chat",
  priority: 0,
  weight: 1,
  facts: { contextWindow: 10_000, maxOutputTokens: 1_000, maxTokensField: "max_tokens" },
  breaker: { failures: 5, windowMs: 60_000, openMs: 30_000, successes: 2 },
  price,
  ...over,
});

const entry = (targets: readonly Target[], over: Partial<ModelEntry> = {}): ModelEntry => ({
  name: "alias",
  targets,
  policy: { max: 3, backoffMs: 1_000, backoffMaxMs: 10_000 },
  timeouts: { firstTokenMs: 1, betweenTokensMs: 1, attemptMs: null, totalMs: 1 },
  defaults: { temperature: null, topP: null },
  defaultMaxTokens: null,
  ...over,
});

const question = (over: Partial<RouteQuestion> = {}): RouteQuestion => ({
  model: "alias",
  request: {
    surface: "openai.chat",
    read: { facts: {} },
    headerFeatures: [],
    canonical: () => assert.fail("its own bytes pass"),
  },
  inputTokensBound: 100,
  maxTokens: null,
  choices: 1,
  freeNanoUsd: null,
  ...over,
});

const resting = (rests: Readonly<Record<string, number>>) => ({
  // Nothing else is asked.
  health: { restsForMs: (each: Target) => rests[each.id] ?? 0 } as unknown as Health,
  nowMs: 0,
});
const healthy = resting({});

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return "nothing refused";
};

test("RTE-2 attempts stand in the order of priority, equals in the order of the file", () => {
  const targets = [target("c", { priority: 1 }), target("a"), target("b")];
  const plan = planRoute(question(), entry(targets), healthy);
  assert.deepEqual(
    plan.attempts.map((each) => each.target.id),
    ["a", "b", "c"],
  );
});

test("RTE-2 a target that rests is left out, and the reasons say so", () => {
  const plan = planRoute(question(), entry([target("a"), target("b")]), resting({ a: 250 }));
  assert.deepEqual(
    plan.attempts.map((each) => each.target.id),
    ["b"],
  );
  assert.ok(plan.reasons.includes("a rests for 250 ms after failures"));
});

test("when every target rests the plan keeps them all: dispatch finds the half-open one", () => {
  const plan = planRoute(question(), entry([target("a"), target("b")]), resting({ a: 1, b: 2 }));
  assert.equal(plan.attempts.length, 2);
});

test("WIR-13 what the writer refuses for a model is known before the plan is made", () => {
  const call = { id: "t", type: "function", function: { name: "f", arguments: "no JSON" } };
  const body = {
    model: "alias",
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "t", content: "1" },
    ],
  };
  const read = readChatRequest(Buffer.from(JSON.stringify(body)));
  assert.ok(read.ok);
  let built = 0;
  const request = {
    surface: "openai.chat" as const,
    read: read.value,
    headerFeatures: [],
    canonical: () => {
      built += 1;
      return read.value.toCanonical();
    },
  };
  const converse = { apis: "bedrock.converse", upstreamModel: "us.amazon.nova-pro-v1:0" } as const;
  const regions = [target("a", converse), target("b", converse), target("c", converse)];
  const plan = planRoute(question({ request }), entry([...regions, target("d")]), healthy);
  assert.deepEqual(
    plan.attempts.map((each) => each.target.id),
    ["d"],
  );
  assert.equal(built, 1, "asked once for the three of them");
  assert.equal(
    codeOf(() => planRoute(question({ request }), entry(regions), healthy)),
    "unsupported_by_target",
  );
});

test("MON-2 an unpriced target is refused under a money budget and allowed without one", () => {
  const unpriced = entry([target("a", { price: null })]);
  assert.equal(
    codeOf(() => planRoute(question({ freeNanoUsd: 5 }), unpriced, healthy)),
    "unpriced",
  );
  assert.equal(planRoute(question(), unpriced, healthy).attempts[0]?.boundNanoUsd, 0);
});

const caps: readonly (readonly [string, Partial<RouteQuestion>, Partial<ModelEntry>, number])[] = [
  ["the client's own cap", { maxTokens: 5 }, { defaultMaxTokens: 20 }, 5],
  ["the alias's default", {}, { defaultMaxTokens: 20 }, 20],
  ["the model's cap", {}, { defaultMaxTokens: 5_000 }, 1_000],
  ["what is affordable", { freeNanoUsd: 100 + 3 + 50 * 2 }, {}, 50],
  ["what is affordable for each choice", { freeNanoUsd: 100 + 3 + 50 * 2, choices: 2 }, {}, 25],
  ["one token when nothing is", { freeNanoUsd: 0 }, {}, 1],
];

for (const [what, asked, table, expected] of caps) {
  test(`MON-7 the output cap that is sent is ${what}`, () => {
    const plan = planRoute(question(asked), entry([target("a")], table), healthy);
    assert.equal(plan.attempts[0]?.maxTokens, expected);
  });
}

test("MON-7 the bound covers prompt and every choice at the cap", () => {
  const plan = planRoute(question({ maxTokens: 10, choices: 3 }), entry([target("a")]), healthy);
  assert.equal(plan.attempts[0]?.boundNanoUsd, 100 + 3 * 10 * 2 + 3);
});

test("MON-4 a prompt of unknown size reserves the model's window", () => {
  const unknown = question({ inputTokensBound: Infinity, maxTokens: 1 });
  const plan = planRoute(unknown, entry([target("a")]), healthy);
  assert.equal(plan.attempts[0]?.boundNanoUsd, 10_000 + 2 + 3);
});

test("MON-2 what has no price of its own is refused under a money budget, and named", () => {
  const asked = (over: Partial<RouteQuestion["request"]>) => {
    const { request } = question();
    return question({ freeNanoUsd: 1_000_000_000, request: { ...request, ...over } });
  };
  const fast = asked({ read: { facts: { premium: "service_tier" } } });
  assert.throws(
    () => planRoute(fast, entry([target("a")]), healthy),
    (error) =>
      error instanceof Failure &&
      error.code === "unpriced" &&
      error.details.param === "service_tier",
  );
  // Without a budget it passes, and a target that does not get it is as good as any.
  const free = { ...fast, freeNanoUsd: null };
  assert.equal(planRoute(free, entry([target("a")]), healthy).attempts.length, 1);
});
