import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, histogramText, slotOf } from "../live/live-fixture.ts";
import { LiveState } from "../live/live-state.ts";
import { overviewFigures } from "./overview-figures.ts";

const stateOf = (...[second, more]: Parameters<typeof frameOf>): LiveState => {
  const state = new LiveState();
  state.begin(frameOf(second, more), 0);
  return state;
};

const millis = (count: number): number[] =>
  Array.from({ length: count }, (_, n) => (n + 1) * 1_000);

test("CON-2 percentiles are those of all slots together, not means of theirs", () => {
  const [quick, slow] = [millis(900), millis(100).map((us) => us + 5_000_000)];
  const slots = [
    slotOf("a", 1, { requests: 900, firstTokenUs: histogramText(quick) }),
    slotOf("b", 2, { requests: 100, firstTokenUs: histogramText(slow) }),
  ];
  const { firstToken, requests } = overviewFigures(stateOf(30, { slots }), 60);
  assert.deepEqual([firstToken.n, requests], [1_000, 1_000]);
  assert.ok(Math.abs((firstToken.p50 ?? 0) - 500) < 20, `p50 ${firstToken.p50}`);
  assert.ok((firstToken.p95 ?? 0) > 5_000, `p95 ${firstToken.p95}`);
});

const samples: readonly (readonly [n: number, p50: boolean, p95: boolean, p99: boolean])[] = [
  [0, false, false, false],
  [1, true, false, false],
  [19, true, false, false],
  [20, true, true, false],
  [99, true, true, false],
  [100, true, true, true],
];

for (const [n, ...said] of samples) {
  test(`CON-2 of ${n} values the percentiles that too few speak for are not told`, () => {
    const slots = [slotOf("a", 1, { totalUs: histogramText(millis(n)) })];
    const { total } = overviewFigures(stateOf(30, { slots }), 60);
    assert.deepEqual(
      [total.p50, total.p95, total.p99].map((value) => value !== null),
      said,
    );
    assert.equal(total.n, n);
  });
}

test("figures of now are means of the last ten whole seconds", () => {
  const seconds = Array.from({ length: 60 }, (_, n) => [n, n < 50 ? 9 : 2, 1, 0, 10, 20] as const);
  const { now } = overviewFigures(stateOf(60, { seconds }), 300);
  assert.deepEqual(now, { requests: 2, errors: 1, inputTokens: 10, outputTokens: 20 });
  const idle = overviewFigures(stateOf(80, { seconds }), 300);
  assert.equal(idle.now.requests, 0);
});

test("codes of calls, attempts and refusals are told apart, the most frequent first", () => {
  const slots = [
    slotOf("a", 1, { requests: 5, errors: 3, codes: { timeout: 1, overloaded: 2 } }),
    slotOf("b", 2, { errors: 1, codes: { timeout: 4 }, failedAttempts: { upstream_error: 7 } }),
  ];
  const refusals = [
    { slot: 1, codes: { rate_limited: 2 } },
    { slot: 2, codes: { rate_limited: 1, invalid_credential: 1 } },
  ];
  const figures = overviewFigures(stateOf(30, { slots, refusals }), 60);
  assert.deepEqual(figures.codes, [
    { code: "timeout", count: 5 },
    { code: "overloaded", count: 2 },
  ]);
  assert.deepEqual(
    [figures.errors, figures.failedAttempts, figures.refused, figures.refusals[0]?.count],
    [4, 7, 4, 3],
  );
});

test("what lies before the span does not count", () => {
  const slots = [slotOf("a", 1), slotOf("a", 50), slotOf("a", 59)];
  const state = stateOf(600, { slots });
  assert.deepEqual(
    [60, 300, 900].map((spanS) => overviewFigures(state, spanS).requests),
    [1, 2, 3],
  );
});
