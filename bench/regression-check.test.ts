import assert from "node:assert/strict";
import { test } from "node:test";
import { compareRuns, comparisonLine } from "./regression-check.ts";
import type { Results } from "./results.ts";

function run(sekisho: number, raw: number): Results {
  return { json: { sekisho: [{ cpuMicros: sekisho }], raw: [{ cpuMicros: raw }] } };
}

test("a slower machine is no regression, a worse ratio is", () => {
  assert.equal(compareRuns(run(80, 40), run(160, 80))[0]?.worse, false);
  assert.equal(compareRuns(run(80, 40), run(91, 40))[0]?.worse, false);
  assert.equal(compareRuns(run(80, 40), run(93, 40))[0]?.worse, true);
});

test("figures that only one of the runs has are left out", () => {
  assert.deepEqual(compareRuns(run(80, 40), {}), []);
  assert.deepEqual(compareRuns({}, run(80, 40)), []);
});

test("a translated stream is held against what the raw proxy passes of its upstream", () => {
  const translated = (sekisho: number): Results => ({
    translated: { sekisho: [{ cpuMicros: sekisho }] },
    converse: { raw: [{ cpuMicros: 90 }] },
  });
  const [comparison] = compareRuns(translated(270), translated(360));
  assert.deepEqual([comparison?.before, comparison?.worse], [3, true]);
});

test("memory is compared only between runs that held as many streams", () => {
  const held = (streams: number, mbPer1000: number): Results => ({
    hold: { sekisho: [{ streams, mbPer1000 }], raw: [{ streams, mbPer1000: 40 }] },
  });
  assert.deepEqual(compareRuns(held(2000, 40), held(9750, 60)), []);
  assert.equal(compareRuns(held(9750, 40), held(9750, 60))[0]?.worse, true);
});

test("a comparison says both ratios and the change", () => {
  const [comparison] = compareRuns(run(80, 40), run(100, 40));
  const line = "WORSE  json cpuMicros       2.00 -> 2.50 × raw (+25 %)";
  assert.equal(comparisonLine(comparison!), line);
});
