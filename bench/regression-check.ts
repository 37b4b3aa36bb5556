import { figure, type FigureName, type Results, type TestName } from "./results.ts";

export interface Comparison {
  readonly what: string;
  /** Sekisho to the raw Node proxy, then and now. */
  readonly before: number;
  readonly now: number;
  readonly worse: boolean;
}

/** Room for what a shared machine does to a ratio; a real regression on a hot path is larger. */
const ALLOWED_GROWTH = 1.15;

/** A test of which the raw proxy has no part is held against another one of it. */
const checked: readonly (readonly [test: TestName, name: FigureName, ofRaw?: TestName])[] = [
  ["json", "cpuMicros"],
  ["json10k", "cpuMicros"],
  ["burst", "cpuMicros"],
  ["paced", "cpuMicros"],
  ["lat", "latencyP50"],
  ["ttft", "firstEventP50"],
  ["translated", "cpuMicros", "converse"],
  ["converse", "cpuMicros"],
  ["messages", "cpuMicros"],
  ["sign", "cpuMicros"],
  ["hold", "mbPer1000"],
  ["start", "readyMs"],
];

/**
 * Compares every figure that both runs have, as a ratio to the raw Node proxy of its own run, so
 * that another machine or a noisy hour moves both sides. Lower is better for all of them.
 */
export function compareRuns(before: Results, now: Results): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const [test, name, ofRaw = test] of checked) {
    if (test === "hold" && held(before) !== held(now)) continue;
    const then = toRaw(before, { test, ofRaw }, name);
    const today = toRaw(now, { test, ofRaw }, name);
    if (Number.isNaN(then) || Number.isNaN(today)) continue;
    const worse = today > then * ALLOWED_GROWTH;
    comparisons.push({ what: `${test} ${name}`, before: then, now: today, worse });
  }
  return comparisons;
}

export function comparisonLine({ what, before, now, worse }: Comparison): string {
  const change = `${now >= before ? "+" : ""}${((now / before - 1) * 100).toFixed(0)} %`;
  const ratios = `${before.toFixed(2)} -> ${now.toFixed(2)} × raw (${change})`;
  return `${worse ? "WORSE" : "ok   "}  ${what.padEnd(20)} ${ratios}`;
}

function toRaw(
  results: Results,
  { test, ofRaw }: { readonly test: TestName; readonly ofRaw: TestName },
  name: FigureName,
): number {
  const raw = figure(results, { test: ofRaw, candidate: "raw" }, name);
  return figure(results, { test, candidate: "sekisho" }, name) / raw;
}

function held(results: Results): number {
  return figure(results, { test: "hold", candidate: "sekisho" }, "streams");
}
