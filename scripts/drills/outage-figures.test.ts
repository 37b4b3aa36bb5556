import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadedCall } from "./open-loop.ts";
import { outageFigures, type OutageMarks } from "./outage-figures.ts";

const marks: OutageMarks = {
  startedMs: 0,
  failedMs: 10_000,
  openedMs: 10_300,
  healedMs: 20_000,
  endedMs: 40_000,
};

const call = (sentMs: number, region: string | null): LoadedCall => ({
  sentMs,
  region,
  status: region === null ? 503 : 200,
  attempts: 1,
  retryAfterS: null,
  detail: null,
  tookMs: 5,
});

/** Ten calls a second in turn to two regions; `east` serves those that `isServed` says. */
const callsWith = (isServed: (sentMs: number) => boolean): LoadedCall[] =>
  Array.from({ length: 400 }, (_, index) => {
    const sentMs = index * 100;
    return call(sentMs, index % 2 === 0 && isServed(sentMs) ? "east" : "west");
  });

test("the share is full once a window of 5 s has nine tenths of what was before", () => {
  const figures = outageFigures(
    callsWith((sentMs) => sentMs < 10_000 || sentMs >= 24_000),
    marks,
    "east",
  );
  assert.equal(figures.openedAfterMs, 300);
  assert.equal(figures.firstSuccessAfterHealMs, 4_005);
  // 23 of 25 calls of a window that begins half a second before the region is back.
  assert.equal(figures.fullShareAfterHealMs, 8_500);
  assert.deepEqual(figures.phases.before.regions, { east: 50, west: 50 });
  assert.deepEqual(figures.phases.outage.regions, { west: 100 });
  assert.deepEqual([figures.calls, figures.errors], [400, 0]);
});

test("a region that never comes back has neither success nor share", () => {
  const figures = outageFigures(
    callsWith((sentMs) => sentMs < 10_000),
    { ...marks, openedMs: null },
    "east",
  );
  assert.deepEqual(
    [figures.openedAfterMs, figures.firstSuccessAfterHealMs, figures.fullShareAfterHealMs],
    [null, null, null],
  );
});

test("calls that fail are counted where they were sent", () => {
  const calls = [call(1, null), call(10_001, null), call(10_002, null), call(20_001, "west")];
  const { errors, phases } = outageFigures(calls, marks, "east");
  assert.equal(errors, 3);
  assert.deepEqual([phases.before.errors, phases.outage.errors, phases.healed.errors], [1, 2, 0]);
});

test("quantiles of an empty phase are 0, of others those of its calls", () => {
  const calls = [1, 2, 3, 100].map((tookMs, index) => ({ ...call(index, "east"), tookMs }));
  const { phases } = outageFigures(calls, marks, "east");
  assert.deepEqual([phases.before.p50Ms, phases.before.p99Ms], [2, 100]);
  assert.deepEqual([phases.outage.p50Ms, phases.outage.p99Ms], [0, 0]);
});
