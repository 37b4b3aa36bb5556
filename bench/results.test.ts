import assert from "node:assert/strict";
import { test } from "node:test";
import { addFigures, figure, ratio, type Results } from "./results.ts";

const raw = { test: "json", candidate: "raw" } as const;
const sekisho = { test: "json", candidate: "sekisho" } as const;

test("a figure is the median of its rounds, errors are their sum", () => {
  const results: Results = {};
  for (const cpuMicros of [90, 40, 41]) addFigures(results, raw, { cpuMicros, errors: 2 });
  assert.equal(figure(results, raw, "cpuMicros"), 41);
  assert.equal(figure(results, raw, "errors"), 6);
});

test("what was not measured is NaN, its errors too", () => {
  assert.ok(Number.isNaN(figure({}, raw, "cpuMicros")));
  assert.ok(Number.isNaN(figure({}, raw, "errors")));
  assert.ok(Number.isNaN(ratio({}, { ...sekisho, to: "raw" }, "cpuMicros")));
});

test("a ratio compares medians of one run", () => {
  const results: Results = {};
  addFigures(results, raw, { cpuMicros: 40 });
  addFigures(results, sekisho, { cpuMicros: 80 });
  assert.equal(ratio(results, { ...sekisho, to: "raw" }, "cpuMicros"), 2);
});
