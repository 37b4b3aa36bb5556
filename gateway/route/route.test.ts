import assert from "node:assert/strict";
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import type { BalanceModule, Pool } from "../model-entry.ts";
import type { Plan, PlanReason } from "../plan.ts";
import { reasonInWords } from "./reason-words.ts";
import { always, neverPriced } from "../price.ts";
import { chain, entry, pool, questionFor, target, usualPrice, viewOf } from "./route-fixture.ts";
import type { RouteQuestion } from "./route-question.ts";
import { planRoute } from "./route.ts";

const question = questionFor;
const asked: RouteQuestion["request"] = question().request;

const resting = (rests: Readonly<Record<string, number>>) => viewOf({ rests });
const healthy = viewOf({});

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
  const [first] = plan.reasons;
  assert.deepEqual(first, {
    kind: "resting",
    target: first?.kind === "resting" && first.target.id === "a" ? first.target : null,
    rest: { cause: "circuit", forMs: 250 },
  });
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
  const unpriced = entry([target("a", { prices: neverPriced })]);
  assert.equal(
    codeOf(() => planRoute(question({ freeNanoUsd: 5 }), unpriced, healthy)),
    "unpriced",
  );
  assert.equal(planRoute(question(), unpriced, healthy).attempts[0]?.boundNanoUsd, 0);
});

test("MON-2 a plan pins the price of its instant, and the dearest band that it may reach", () => {
  const dear = { ...usualPrice, version: "dear", output: 9_000_000 };
  const long = { ...usualPrice, overTokens: 100, version: "p/over-100", input: 5_000_000 };
  const priced = target("a", {
    prices: {
      price: { ...usualPrice, bands: [long] },
      untilMs: 1_000,
      next: { price: dear, untilMs: 2_000, next: neverPriced },
    },
  });
  const planned = (over: Partial<RouteQuestion>) => {
    const [attempt] = planRoute(
      question({ maxTokens: 10, ...over }),
      entry([priced]),
      healthy,
    ).attempts;
    return [attempt?.price?.version ?? null, attempt?.boundNanoUsd];
  };
  // Three nano-USD are for rounding.
  assert.deepEqual(planned({ atWallMs: 999 }), ["p", 100 + 20 + 3]);
  assert.deepEqual(planned({ atWallMs: 999, inputTokensBound: 101 }), ["p", 505 + 20 + 3]);
  assert.deepEqual(planned({ atWallMs: 1_000 }), ["dear", 100 + 90 + 3]);
  assert.deepEqual(planned({ atWallMs: 2_000 }), [null, 0]);
  const refused = () =>
    planRoute(question({ atWallMs: 2_000, freeNanoUsd: 5 }), entry([priced]), healthy);
  assert.equal(codeOf(refused), "unpriced");
});

const caps: readonly (readonly [string, Partial<RouteQuestion>, Partial<Pool>, number])[] = [
  ["the client's own cap", { maxTokens: 5 }, { defaultMaxTokens: 20 }, 5],
  ["the alias's default", {}, { defaultMaxTokens: 20 }, 20],
  ["the model's cap", {}, { defaultMaxTokens: 5_000 }, 1_000],
  ["what is affordable", { freeNanoUsd: 100 + 3 + 50 * 2 }, {}, 50],
  ["what is affordable for each choice", { freeNanoUsd: 100 + 3 + 50 * 2, choices: 2 }, {}, 25],
  ["one token when nothing is", { freeNanoUsd: 0 }, {}, 1],
  ["what is left of a budget in tokens", { freeOutputTokens: 33 }, {}, 33],
  ["what is left of it for each choice", { freeOutputTokens: 33, choices: 2 }, {}, 16],
];

for (const [what, over, pool, expected] of caps) {
  test(`MON-7 the output cap that is sent is ${what}`, () => {
    const plan = planRoute(question(over), entry([target("a")], pool), healthy);
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
  const request = { ...asked, read: { facts: { premium: "service_tier" } } };
  const fast = question({ freeNanoUsd: 1_000_000_000, request });
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

const idsOf = ({ attempts }: Plan): string[] => attempts.map((each) => each.target.id);

test("RTE-1 a chain falls back from pool to pool, each with its own manners", () => {
  const first = pool("first", [target("a")], { defaultMaxTokens: 7 });
  const second = pool("second", [target("b")], { defaultMaxTokens: 9 });
  const plan = planRoute(question(), chain([first, second]), healthy);
  assert.deepEqual(
    plan.attempts.map((each) => [each.target.id, each.maxTokens]),
    [
      ["a", 7],
      ["b", 9],
    ],
  );
});

test("RTE-6 a pool keeps attempts back for the pools behind it", () => {
  const first = pool("first", [target("a"), target("b"), target("c")]);
  const second = pool("second", [target("d"), target("e")]);
  assert.deepEqual(idsOf(planRoute(question(), chain([first, second]), healthy)), [
    "a",
    "b",
    "d",
    "e",
  ]);
  const resting = viewOf({ rests: { d: 1, e: 1 } });
  assert.deepEqual(idsOf(planRoute(question(), chain([first, second]), resting)), ["a", "b", "c"]);
  assert.deepEqual(idsOf(planRoute(question(), chain([first, second], 1), healthy)), [
    "a",
    "d",
    "e",
  ]);
});

test("RTE-6 a place that stands in two pools of a chain is tried once", () => {
  const plan = chain([pool("first", [target("a")]), pool("second", [target("a"), target("b")])]);
  assert.deepEqual(idsOf(planRoute(question(), plan, healthy)), ["a", "b"]);
});

/** How many of 100 calls go to the target first while it takes this part of its calls. */
const firstOf100 = (of: ReturnType<typeof entry>, id: string, share: number): number =>
  Array.from({ length: 100 }, (_, turn) =>
    planRoute(question(), of, viewOf({ shares: { [id]: share }, turn })),
  ).filter(({ attempts }) => attempts[0]?.target.id === id).length;

test("RTE-3 it starts slowly, though alone in its priority or its pool", () => {
  const byPriority = entry([target("a"), target("b", { priority: 1 })]);
  const byPool = chain([pool("first", [target("a")]), pool("second", [target("b")])]);
  for (const each of [byPriority, byPool]) {
    assert.deepEqual(
      [0.1, 0.5, 1].map((share) => firstOf100(each, "a", share)),
      [10, 50, 100],
    );
  }
});

test("RTE-3 while it starts slowly it stands behind those that take its calls", () => {
  const of = entry([target("a"), target("b", { priority: 1 }), target("c", { priority: 2 })]);
  const plan = planRoute(question(), of, viewOf({ shares: { a: 0.1 }, turn: 1 }));
  assert.deepEqual(
    plan.attempts.map((each) => each.target.id),
    ["b", "c", "a"],
  );
});

test("RTE-3 where all start slowly nobody is held back", () => {
  assert.equal(firstOf100(entry([target("a")]), "a", 0.1), 100);
});

test("RTE-3 round-robin takes targets of one priority in turn, later priorities behind", () => {
  const targets = [target("a"), target("b"), target("z", { priority: 1 })];
  const balanced = entry(targets, { balance: "round-robin" });
  const orders = [0, 1, 2].map((turn) =>
    idsOf(planRoute(question(), balanced, viewOf({ turn }))).join(""),
  );
  assert.deepEqual(orders, ["abz", "baz", "abz"]);
});

test("RTE-3 the cheapest target is the one where this call can cost least", () => {
  const dear = target("dear");
  const cheap = target("cheap", { prices: always({ ...usualPrice, output: 1_000_000 }) });
  const plan = planRoute(question(), entry([dear, cheap], { balance: "cheapest" }), healthy);
  assert.deepEqual(idsOf(plan), ["cheap", "dear"]);
});

test("RTE-3 a target in slow start gives most of its turns away, and the reasons say so", () => {
  const slow = entry([target("a"), target("b")]);
  const chosen = Array.from({ length: 100 }, (_, turn) => {
    const plan = planRoute(question(), slow, viewOf({ turn, shares: { a: 0.1 } }));
    assert.ok(plan.reasons.some(({ kind }) => kind === "warming"));
    return idsOf(plan)[0];
  });
  const taken = chosen.filter((id) => id === "a").length;
  assert.ok(taken >= 9 && taken <= 11, `${taken}`);
});

const upsideDown: BalanceModule = {
  path: "./upside-down.ts",
  order: (candidates) => candidates.map((_, index) => candidates.length - 1 - index),
};

test("REF-7 a balancer of one's own orders the targets of a priority, known by their ids", () => {
  const seen: string[] = [];
  const order: BalanceModule["order"] = (candidates, lot) => {
    seen.push(...candidates.map(({ id }) => id));
    return upsideDown.order(candidates, lot);
  };
  const targets = [target("a"), target("b"), target("c", { priority: 1 })];
  const plan = planRoute(
    question(),
    entry(targets, { balance: { ...upsideDown, order } }),
    healthy,
  );
  assert.deepEqual(idsOf(plan), ["b", "a", "c"]);
  assert.deepEqual(seen, ["a", "b"], "one that is alone needs no order");
});

test("RTE-2 every reason has its words", () => {
  const [a, b] = [target("a"), target("b")];
  const rows: readonly (readonly [PlanReason, string])[] = [
    [{ kind: "uncarried", target: a, message: "No." }, "a is left out. No."],
    [
      { kind: "unpriced", target: a, field: null },
      "a is left out: it has no price, and the key has a budget",
    ],
    [
      { kind: "resting", target: a, rest: { cause: "region", forMs: 12.3 } },
      "a is not called for 13 ms: the circuit of its region is open",
    ],
    [
      { kind: "resting", target: a, rest: { cause: "forced", forMs: Infinity } },
      "a is not called: an administrator holds its circuit open",
    ],
    [
      { kind: "all_resting", isHeld: true },
      "no target is left: the call is refused until an administrator brings one back",
    ],
    [
      { kind: "all_resting", isHeld: false },
      "no target is left now: the call is refused, or tries one whose rest has just ended",
    ],
    [{ kind: "warming", target: a, share: 0.25 }, "a has recovered and takes 25 % of its calls"],
    [
      { kind: "ordered", pool: "p", priority: 0, balance: "weighted", targets: [b, a] },
      'pool "p", priority 0, weighted (by weight, in turn): b, a',
    ],
    [
      { kind: "ordered", pool: "p", priority: 1, balance: "p2c", targets: [b] },
      'pool "p", priority 1: b alone',
    ],
    [
      { kind: "ordered", pool: "p", priority: 0, balance: upsideDown, targets: [b, a] },
      'pool "p", priority 0, ./upside-down.ts (a module of one\'s own): b, a',
    ],
    [
      { kind: "kept_back", pool: "p", targets: [b] },
      'pool "p" leaves attempts to the pools behind it: b not tried',
    ],
  ];
  for (const [reason, words] of rows) assert.equal(reasonInWords(reason), words);
});

test("MON-6 a target whose window the prompt does not fit by estimate is left out", () => {
  const facts = {
    contextWindow: 1_000,
    maxOutputTokens: 100,
    maxTokensField: "max_tokens",
  } as const;
  const targets = [target("short", { facts }), target("long")];
  const asked = question({ inputTokensBound: 5_000, inputEstimate: () => 1_001 });
  const plan = planRoute(asked, entry(targets), healthy);
  assert.deepEqual(
    plan.attempts.map((attempt) => attempt.target.id),
    ["long"],
  );
  const [reason] = plan.reasons;
  assert.ok(reason?.kind === "too_long");
  assert.equal(
    reasonInWords(reason),
    "short is left out: the prompt has about 1001 tokens, its window 1000",
  );
});

test("MON-6 a prompt that fits no window is refused with both figures", () => {
  const asked = question({ inputTokensBound: Infinity, inputEstimate: () => 10_001 });
  assert.throws(
    () => planRoute(asked, entry([target("a"), target("b")]), healthy),
    (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, "context_length_exceeded");
      const facts = { budgetType: "context_window", limit: 10_000, used: 0, needed: 10_001 };
      assert.deepEqual(error.details.facts, facts);
      return true;
    },
  );
});

test("MON-4 a window is held against what the family's reports have shown", () => {
  const estimates = {
    input: (byClass: number) => byClass * 2,
    output: () => assert.fail("no answer is there"),
    observe: () => assert.fail("no answer is there"),
  };
  const asked = question({ inputTokensBound: 20_000, inputEstimate: () => 6_000 });
  const { attempts, reasons } = planRoute(
    asked,
    entry([target("long", { estimates }), target("short")]),
    healthy,
  );
  assert.deepEqual(
    attempts.map((each) => each.target.id),
    ["short"],
  );
  const reason = reasons.find(({ kind }) => kind === "too_long");
  assert.ok(reason?.kind === "too_long" && reason.estimate === 12_000);
});

test("MON-6 nothing is estimated where the bound fits every window", () => {
  const inputEstimate = (): number => assert.fail("estimated");
  planRoute(question({ inputTokensBound: 10_000, inputEstimate }), entry([target("a")]), healthy);
});
