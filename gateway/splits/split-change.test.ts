import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SplitCommand } from "@sekisho/wire/admin/splits.ts";
import { commanded, rollback, type SplitChange } from "./split-change.ts";
import { splitOf } from "./splits-fixture.ts";
import { sumOf, untouched, weightsOf, type SplitState } from "./split-state.ts";

const split = splitOf();
const names = split.arms.map(({ name }) => name);

const standing = (state: SplitState = untouched) => ({ split, state, nowMs: 5_000 });

/** What a run of commands comes to. */
function after(...commands: readonly SplitCommand[]): SplitChange {
  let state = untouched;
  let change: SplitChange | null = null;
  for (const command of commands) {
    change = commanded(standing(state), command);
    state = change.state;
  }
  assert.ok(change !== null);
  return change;
}

const weightsAfter = (...commands: readonly SplitCommand[]) =>
  weightsOf(split, after(...commands).state);

const set = (weights: Readonly<Record<string, number>>): SplitCommand => ({
  command: "set",
  weights,
});
const canary: SplitCommand = { command: "canary", arm: "c" };
const step: SplitCommand = { command: "step" };
const rollbackOf = (arm: string | null): SplitCommand => ({ command: "rollback", arm });

test("RTE-4 weights that are set win over those of the file; others stay", () => {
  const { state, event, words } = after(set({ c: 25, b: 0 }));
  assert.deepEqual(weightsOf(split, state), { a: 80, b: 0, c: 25 });
  assert.deepEqual([state.phase, state.sinceMs, event], [1, 5_000, "weighted"]);
  assert.equal(words, "a 76.2 %, b 0 %, c 23.8 %");
  assert.deepEqual(weightsAfter(set({ c: 25 }), { command: "reset" }), { a: 80, b: 20, c: 0 });
});

test("RTE-4 an arm that came later has its configured weight, one that is gone none", () => {
  const [a, , c] = split.arms;
  assert.ok(a && c);
  const { state } = after(set({ c: 25, b: 0 }));
  const next = { ...split, arms: [a, c, { ...a, name: "d", weight: 7 }] };
  assert.deepEqual(weightsOf(next, state), { a: 80, c: 25, d: 7 });
  const rest = { ...split, arms: [{ ...a, name: "b", weight: 3 }] };
  assert.deepEqual(weightsOf(rest, state), { b: 3 }, "somebody must have the calls");
});

test("RTE-4 a canary takes its steps; the others divide the rest as before", () => {
  const begun = after(canary);
  assert.deepEqual(weightsOf(split, begun.state), { a: 79.2, b: 19.8, c: 1 });
  assert.equal(begun.words, "c has 1 % of the calls, and is to have 10, 50, 100 %");
  assert.deepEqual(weightsAfter(canary, step), { a: 72, b: 18, c: 10 });
  assert.deepEqual(weightsAfter(canary, step, step), { a: 40, b: 10, c: 50 });
  const last = after(canary, step, step, step);
  assert.deepEqual(weightsOf(split, last.state), { a: 0, b: 0, c: 100 });
  assert.equal(last.words, "c has 100 % of the calls instead of 50 %");
  const over = after(canary, step, step, step, step);
  assert.deepEqual([over.event, over.state.canary], ["completed", null]);
  assert.deepEqual(weightsOf(split, over.state), { a: 0, b: 0, c: 100 });
});

test("RTE-4 a canary is paused, goes on, and is ended with the weights from before", () => {
  const paused = after(canary, step, { command: "pause" });
  assert.deepEqual([paused.state.canary?.state, paused.state.canary?.at], ["paused", 1]);
  const on = after(canary, step, { command: "pause" }, { command: "resume" });
  assert.deepEqual([on.state.canary?.state, on.state.canary?.at], ["running", 1]);
  assert.deepEqual(weightsAfter(canary, step, { command: "abort" }), { a: 80, b: 20, c: 0 });
  assert.equal(after(canary, set({ c: 3 })).state.canary, null, "who sets weights ends it");
});

test("RTE-4 a rollback takes all calls from the arm, wherever its canary was", () => {
  for (const steps of [[], [step], [step, step], [step, step, step], [step, step, step, step]]) {
    const { state, words } = after(canary, ...steps, rollbackOf("c"));
    const weights = weightsOf(split, state);
    assert.equal(weights["c"], 0);
    assert.ok(Math.abs((weights["a"] ?? 0) / (weights["b"] ?? 1) - 4) < 1e-6, words);
    assert.deepEqual([state.canary, state.rolledBack], [null, ["c"]]);
  }
  const { words } = rollback(standing(after(canary).state), "c", "12 of 117 calls failed");
  assert.equal(words, "c is rolled back: 12 of 117 calls failed; a 80 %, b 20 %, c 0 %");
});

test("RTE-4 who gives it a weight again has re-enabled it", () => {
  const { state } = after(canary, rollbackOf("c"), set({ c: 5 }));
  assert.deepEqual(state.rolledBack, []);
  assert.deepEqual(after(canary, rollbackOf("c"), set({ b: 5 })).state.rolledBack, ["c"]);
});

test("RTE-4 an arm that went does not come back for that another one fails", () => {
  const gone = after(rollbackOf("b"), set({ a: 1 }));
  assert.throws(() => commanded(standing(gone.state), rollbackOf("a")), {
    code: "conflict",
    message: /no other arm than a has had a weight/,
  });
  assert.deepEqual(weightsAfter(rollbackOf("b"), set({ b: 3 }), rollbackOf("a")), {
    a: 0,
    b: 3,
    c: 0,
  });
});

test("RTE-4 an arm is rolled back under a canary of another, which goes on without it", () => {
  assert.deepEqual(weightsAfter(canary, step, rollbackOf("b")), { a: 90, b: 0, c: 10 });
  const alone = after(set({ b: 0 }), canary, rollbackOf("a"));
  assert.deepEqual(
    [alone.state.canary, weightsOf(split, alone.state)],
    [null, { a: 0, b: 0, c: 1 }],
  );
});

test("RTE-4 without an arm the weights before the latest change come back", () => {
  assert.deepEqual(weightsAfter(set({ c: 25 }), rollbackOf(null)), { a: 80, b: 20, c: 0 });
  const twice = weightsAfter(set({ c: 25 }), set({ c: 50 }), rollbackOf(null));
  assert.deepEqual(twice, { a: 80, b: 20, c: 25 });
});

const refused: readonly (readonly [commands: readonly SplitCommand[], why: RegExp])[] = [
  [[set({ d: 1 })], /"d" is no arm of it; the nearest is/],
  [[set({ a: 0, b: 0 })], /no arm would have a weight/],
  [[step], /no canary is under way/],
  [[{ command: "pause" }], /no canary is under way/],
  [[canary, canary], /a canary of c is under way/],
  [[canary, { command: "resume" }], /is not paused/],
  [[canary, { command: "pause" }, { command: "pause" }], /is paused already/],
  [[set({ a: 0, b: 0, c: 1 }), canary], /c has all calls already/],
  [[rollbackOf("c")], /c has no weight already/],
  [[rollbackOf(null)], /its weights were never changed/],
  [[{ command: "reset" }], /are those of the configuration/],
];

for (const [commands, why] of refused) {
  const names = commands.map(({ command }) => command).join(", ");
  test(`RTE-4 refused, and nothing changes: ${names}: ${why.source}`, () => {
    assert.throws(() => after(...commands), { message: why });
  });
}

const anyArm = fc.constantFrom(...names);
const anyCommand: fc.Arbitrary<SplitCommand> = fc.oneof(
  fc
    .dictionary(anyArm, fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10_000, noNaN: true })))
    .map(set),
  anyArm.map((arm): SplitCommand => ({ command: "canary", arm })),
  fc.option(anyArm, { nil: null }).map(rollbackOf),
  fc
    .constantFrom("step", "pause", "resume", "abort", "reset")
    .map((command): SplitCommand => ({ command })),
);

test("RTE-4 whatever is commanded: somebody has the calls, and an arm that went has none", () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 30 }), (commands) => {
      let state = untouched;
      for (const command of commands) {
        let change: SplitChange;
        try {
          change = commanded(standing(state), command);
        } catch {
          continue;
        }
        assert.equal(change.state.phase, state.phase + 1);
        state = change.state;
        const weights = weightsOf(split, state);
        assert.ok(sumOf(weights) > 0);
        assert.deepEqual(Object.keys(weights).toSorted(), names.toSorted());
        for (const weight of Object.values(weights)) assert.ok(weight >= 0);
        for (const arm of state.rolledBack) assert.equal(weights[arm], 0);
        if (change.event === "rolled_back") assert.equal(weights[change.arm ?? ""], 0);
        const { canary: now } = state;
        if (now === null) continue;
        const share = (weights[now.arm] ?? 0) / sumOf(weights);
        assert.ok(Math.abs(share * 100 - (now.steps[now.at] ?? NaN)) < 1e-3, `${share}`);
      }
    }),
    { numRuns: 300 },
  );
});
