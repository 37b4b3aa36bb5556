import assert from "node:assert/strict";
import { test } from "node:test";
import { commanded } from "./split-change.ts";
import { judgeSplit } from "./judge-split.ts";
import type { ArmCounts } from "./over-limit.ts";
import { splitOf } from "./splits-fixture.ts";
import { untouched, type SplitState } from "./split-state.ts";
import type { SplitChoice } from "../model-entry.ts";

type Counts = Readonly<Record<string, readonly [failed: number, of: number]>>;

const mapOf = (counts: Counts): ReadonlyMap<string, ArmCounts> =>
  new Map(
    Object.entries(counts).map(([arm, [failed, of]]) => [arm, { failed, answered: of - failed }]),
  );

interface Scene {
  readonly state?: SplitState;
  readonly window?: Counts;
  readonly phase?: Counts;
  readonly nowMs?: number;
  readonly split?: Partial<SplitChoice>;
}

function judged({ state = untouched, window = {}, phase = {}, nowMs = 0, split = {} }: Scene) {
  const counts = { window: mapOf(window), phase: mapOf(phase) };
  const verdict = judgeSplit({ split: splitOf(split), state, counts, nowMs });
  if (verdict === null) return null;
  return verdict.kind === "step" ? "step" : `${verdict.arm}: ${verdict.why}`;
}

const usual = splitOf().rollback ?? assert.fail("arms are judged");

const begun = commanded(
  { split: splitOf(), state: untouched, nowMs: 1_000 },
  {
    command: "canary",
    arm: "c",
  },
).state;
const later = 1_000 + 300_000;

test("RTE-4 an arm over the limit in a window with enough calls is rolled back", () => {
  assert.equal(
    judged({ window: { a: [2, 500], b: [12, 117] } }),
    "b: 12 of 117 calls in 300 s failed (10.3 %, over 5 %, 0.4 % of those of the others)",
  );
  const a = [0, 100] as const;
  assert.equal(judged({ window: { a, b: [12, 99] } }), null, "too few say nothing");
  assert.equal(judged({ window: { a, b: [9, 100] } }), null, "so many may be chance");
  assert.match(judged({ window: { a, b: [10, 100] } }) ?? "", /^b: 10 of 100 calls/);
});

test("RTE-4 with `falseAlarm: 1` the bare rate decides", () => {
  const split = { rollback: { ...usual, falseAlarm: 1 } };
  const a = [0, 100] as const;
  assert.equal(judged({ split, window: { a, b: [5, 100] } }), null, "the limit itself");
  assert.match(judged({ split, window: { a, b: [6, 100] } }) ?? "", /^b: 6 of 100 calls/);
});

test("RTE-4 an arm of many windows needs more to be one that is bad", () => {
  const a = [0, 100] as const;
  const window = { a, b: [12, 100] } as const;
  const phase = { a, b: [30, 1_000] } as const;
  assert.match(judged({ window, phase: window }) ?? "", /^b: 12 of 100 calls/);
  assert.equal(judged({ window, phase }), null);
  assert.match(judged({ window: { a, b: [15, 100] }, phase }) ?? "", /^b: 15 of 100 calls/);
  // However old it is: one that fails wholly is found.
  const old = { a, b: [100, 10_000_000] } as const;
  assert.match(judged({ window: { a, b: [16, 100] }, phase: old }) ?? "", /^b: 16 of 100/);
});

test("RTE-4 an arm that has most of the calls goes whatever few the others had", () => {
  assert.match(
    judged({ window: { a: [100, 100], b: [0, 11] } }) ?? "",
    /^a: 100 of 100 .*, 0 % of those of the others/,
  );
  assert.equal(
    judged({ window: { a: [100, 100] } }),
    "a: 100 of 100 calls in 300 s failed (100 %, over 5 %)",
  );
  const under = { a: [40, 400], b: [0, 100], c: [0, 100] } as const;
  assert.equal(judged({ state: begun, window: under, phase: under }), null, "under a canary");
});

test("RTE-4 where all arms fail alike, it is not the arm; the worst one still may be", () => {
  assert.equal(judged({ window: { a: [50, 100], b: [52, 100] } }), null);
  assert.equal(judged({ window: { a: [100, 100], b: [11, 11] } }), null, "few show it too");
  assert.equal(judged({ window: { a: [50, 100], b: [5, 11] } }), null);
  assert.match(judged({ window: { a: [50, 100], b: [1, 11] } }) ?? "", /^a: 50/, "by chance");
  assert.match(judged({ window: { a: [30, 100], b: [52, 100] } }) ?? "", /^b: 52 of 100/);
  const alone = { rollback: { ...usual, timesOthers: 0 } };
  assert.match(judged({ split: alone, window: { a: [50, 100], b: [52, 100] } }) ?? "", /^b: 52/);
});

test("RTE-4 an arm keeps its calls where nobody is left to have them", () => {
  const gone = commanded(
    { split: splitOf(), state: untouched, nowMs: 0 },
    {
      command: "rollback",
      arm: "b",
    },
  );
  assert.equal(judged({ state: gone.state, window: { a: [90, 100] } }), null);
});

test("RTE-4 an arm at 0 is not judged, and without a policy none is", () => {
  const gone = commanded(
    { split: splitOf(), state: untouched, nowMs: 0 },
    {
      command: "rollback",
      arm: "b",
    },
  );
  assert.equal(judged({ state: gone.state, window: { b: [90, 100] } }), null);
  assert.equal(judged({ split: { rollback: null }, window: { b: [90, 100] } }), null);
});

test("RTE-4 a healthy canary takes its step after enough calls and enough time", () => {
  assert.equal(judged({ state: begun, phase: { c: [5, 100] }, nowMs: later }), "step");
  assert.equal(judged({ state: begun, phase: { c: [0, 99] }, nowMs: later }), null);
  assert.equal(judged({ state: begun, phase: { c: [0, 100] }, nowMs: later - 1 }), null);
  assert.equal(judged({ state: begun, phase: { a: [0, 900] }, nowMs: later }), null);
});

test("RTE-4 the step of a canary counts as a whole too: few calls fill no window", () => {
  const phase = { a: [1, 900], c: [10, 100] } as const;
  assert.equal(
    judged({ state: begun, phase, window: { a: [0, 90], c: [1, 10] }, nowMs: later }),
    "c: 10 of 100 calls in this step failed (10 %, over 5 %, 0.1 % of those of the others)",
  );
  const last = { ...begun, weights: { a: 0, b: 0, c: 100 } };
  assert.equal(
    judged({ state: last, window: { c: [10, 100] }, nowMs: later }),
    "c: 10 of 100 calls in 300 s failed (10 %, over 5 %)",
    "those from before come back",
  );
});

test("RTE-4 a canary that fails as all do waits, and a paused one too", () => {
  const bad = { a: [50, 200], c: [30, 100] } as const;
  assert.equal(judged({ state: begun, phase: bad, window: bad, nowMs: later }), null);
  const paused = commanded({ split: splitOf(), state: begun, nowMs: 1_000 }, { command: "pause" });
  assert.equal(judged({ state: paused.state, phase: { c: [0, 100] }, nowMs: later }), null);
  const worse = { a: [0, 100], c: [10, 100] } as const;
  assert.match(judged({ state: paused.state, window: worse, nowMs: later }) ?? "", /^c: 10 of/);
});

test("RTE-4 without a limit on errors a canary waits all the same while it fails", () => {
  const split = { rollback: null };
  assert.equal(judged({ split, state: begun, phase: { c: [6, 100] }, nowMs: later }), null);
  assert.equal(judged({ split, state: begun, phase: { c: [5, 100] }, nowMs: later }), "step");
});

test("RTE-4 a canary whose arm is configured no more leaves no other arm unjudged", () => {
  const [a, b] = splitOf().arms;
  assert.ok(a !== undefined && b !== undefined);
  const window = { a: [2, 500], b: [12, 117] } as const;
  assert.match(judged({ state: begun, window, split: { arms: [a, b] } }) ?? "", /^b: 12 of 117/);
});
