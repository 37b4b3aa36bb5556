import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, histogramText, slotOf } from "../live/live-fixture.ts";
import { LiveState, secondColumn } from "../live/live-state.ts";
import { latencyColumns, rateColumns } from "./chart-series.ts";

const base = 1_000_000_000;

test("CON-1 bins keep their place while time goes on; the last is of the seconds it has", () => {
  const state = new LiveState();
  const seconds = Array.from({ length: 400 }, (_, second) => [second, 6, 0, 0, 0, 0] as const);
  state.begin(frameOf(397, { seconds: seconds.slice(0, 397) }), 0);
  const [times, requests] = rateColumns(state, 300, [secondColumn.requests]);
  assert.deepEqual([times[0], times.at(-1), times.length], [base + 95, base + 395, 61]);
  assert.equal(requests?.at(-1), 6, "two seconds of five");
  state.apply(frameOf(398, { seconds: [[397, 0, 0, 0, 0, 0]] }), 0);
  const [later, less] = rateColumns(state, 300, [secondColumn.requests]);
  assert.deepEqual([later[0], later.at(-1), less?.at(-1)], [base + 95, base + 395, 4]);
});

test("a chart has about sixty points for each span", () => {
  const state = new LiveState();
  state.begin(frameOf(2_000), 0);
  const lengths = [60, 300, 900].map((spanS) => rateColumns(state, spanS, [0])[0].length);
  assert.deepEqual(lengths, [60, 60, 90]);
});

test("CON-2 each slot has the percentiles of all its targets, or none", () => {
  const state = new LiveState();
  const slow = Array.from({ length: 30 }, () => 900_000);
  const slots = [
    slotOf("a", 8, { totalUs: histogramText([100_000]) }),
    slotOf("a", 9, { totalUs: histogramText([100_000]) }),
    slotOf("b", 9, { totalUs: histogramText(slow), firstTokenUs: histogramText([1_000]) }),
  ];
  state.begin(frameOf(101, { slots }), 0);
  const [times, p50, p95, p99] = latencyColumns(state, 60, "total");
  assert.deepEqual(
    times,
    [50, 60, 70, 80, 90, 100].map((second) => base + second),
  );
  assert.deepEqual(
    p50?.map((value) => (value === null ? null : Math.round(value / 100) * 100)),
    [null, null, null, 100, 900, null],
  );
  assert.deepEqual(
    p95?.map((value) => value !== null),
    [false, false, false, false, true, false],
  );
  assert.deepEqual(p99, [null, null, null, null, null, null]);
  assert.equal(latencyColumns(state, 60, "firstToken")[1]?.[4], 1);
});
