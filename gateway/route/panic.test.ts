import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEntry } from "../model-entry.ts";
import type { Target } from "../target.ts";
import { chain, entry, pool, questionFor, target, viewOf } from "./route-fixture.ts";
import { planRoute } from "./route.ts";

const panicking = { panicBelow: 0.5, hedge: null, midStream: "error", history: "refuse" } as const;

const panicky = (targets: readonly Target[], panicBelow: number | null = 0.5): ModelEntry => ({
  ...entry(targets),
  steering: { panicBelow, hedge: null, midStream: "error", history: "refuse" },
});

const [a, b, c] = [target("a", { weight: 2 }), target("b"), target("c")];

/** Ids in the order of the plan, those that go past a circuit in brackets. */
const planned = (of: ModelEntry, rests: Readonly<Record<string, number>>, isCritical = true) =>
  planRoute(questionFor({ isCritical }), of, viewOf({ rests })).attempts.map(
    ({ target: { id }, inPanic }) => (inPanic ? `[${id}]` : id),
  );

test("RTE-15 below half of the weight critical calls go past circuits, behind healthy ones", () => {
  const of = panicky([a, b, c]);
  assert.deepEqual(planned(of, { b: 1, c: 1 }), ["a"], "half is not less than half");
  assert.deepEqual(planned(of, { a: 1 }), ["b", "c"]);
  assert.deepEqual(planned(of, { a: 1, c: 1 }), ["b", "[a]", "[c]"]);
  assert.deepEqual(planned(of, { a: 1, b: 1, c: 1 }), ["[a]", "[b]", "[c]"]);
});

test("RTE-15 calls that can wait, and entries that declare nothing, keep to the circuits", () => {
  const rests = { a: 1, c: 1 };
  assert.deepEqual(planned(panicky([a, b, c]), rests, false), ["b"]);
  assert.deepEqual(planned(panicky([a, b, c], null), rests), ["b"]);
  assert.deepEqual(planned(entry([a, b, c]), rests), ["b"]);
});

test("RTE-15 what an administrator, a pause or a refused credential keeps is not ignored", () => {
  for (const cause of ["drained", "forced", "cooling", "credential"] as const) {
    const view = viewOf({ rests: { a: { cause, forMs: 1 } } });
    const plan = planRoute(questionFor(), panicky([a, b]), view);
    assert.deepEqual(
      plan.attempts.map(({ target: { id }, inPanic }) => [id, inPanic]),
      [["b", false]],
      cause,
    );
  }
});

test("RTE-15 a place that one pool rests and another does not is asked once", () => {
  const [calm, nervous] = [target("a"), target("a", { weight: 3 })];
  const view = viewOf({});
  const restOf = (each: Target) =>
    each === nervous ? ({ cause: "circuit", forMs: 1 } as const) : null;
  const plan = planRoute(
    questionFor(),
    { ...chain([pool("one", [nervous]), pool("two", [calm])]), steering: panicking },
    { ...view, health: { ...view.health, restOf } },
  );
  assert.deepEqual(
    plan.attempts.map(({ target: { id }, inPanic }) => [id, inPanic]),
    [["a", false]],
  );
});

test("RTE-15 the plan says why", () => {
  const { reasons } = planRoute(
    questionFor(),
    panicky([a, b, c]),
    viewOf({ rests: { a: 1, b: 1 } }),
  );
  const told = reasons.find(({ kind }) => kind === "panic");
  assert.deepEqual(told, { kind: "panic", healthyShare: 0.25, targets: [a, b] });
  assert.ok(!reasons.some(({ kind }) => kind === "all_resting"));
});
