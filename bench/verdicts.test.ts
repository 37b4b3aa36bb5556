import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figures, Results } from "./results.ts";
import { judge, verdictLine } from "./verdicts.ts";

function results(sekisho: Figures, haproxy: Figures): Results {
  return { json: { sekisho: [sekisho], haproxy: [haproxy] } };
}

function states(run: Results, id: string): string[] {
  return judge(run)
    .filter((verdict) => verdict.id === id)
    .map(({ state }) => state);
}

test("PRF-1 is reached at its limits and missed above them", () => {
  const atLimit = results({ cpuMicros: 85 }, { cpuMicros: 17 });
  assert.deepEqual(states(atLimit, "PRF-1"), ["reached", "reached"]);
  const above = results({ cpuMicros: 85.1 }, { cpuMicros: 17 });
  assert.deepEqual(states(above, "PRF-1"), ["missed", "missed"]);
});

test("PRF-3 is about what a translated stream costs, and a signature", () => {
  const run: Results = {
    translated: { sekisho: [{ cpuMicros: 351 }] },
    sign: { sekisho: [{ cpuMicros: 9 }], raw: [{ cpuMicros: 5 }] },
  };
  assert.deepEqual(states(run, "PRF-3"), ["missed", "reached"]);
});

test("PRF-1 asks Portkey for at least 8 times as much, when it took part", () => {
  const run: Results = {
    json: {
      sekisho: [{ cpuMicros: 80 }],
      haproxy: [{ cpuMicros: 20 }],
      portkey: [{ cpuMicros: 600 }],
    },
  };
  assert.deepEqual(states(run, "PRF-1"), ["reached", "reached", "missed"]);
});

test("a target that was not measured is named and not passed", () => {
  const verdicts = judge({});
  assert.ok(verdicts.length >= 10);
  assert.ok(verdicts.every(({ state }) => state === "not measured"));
  assert.match(verdictLine(verdicts[0]!), /PRF-1 +not measured/);
});

test("PRF-5 is missed by a second wave that needs more", () => {
  const hold = { errors: 0, mbPer1000: 49, firstPeakMb: 400, secondPeakMb: 430 };
  const run = { hold: { sekisho: [hold] } };
  assert.deepEqual(states(run, "PRF-5"), ["reached", "reached", "missed"]);
});

test("a figure beside errors reaches nothing", () => {
  const hold = { errors: 1, mbPer1000: 12, firstPeakMb: 400, secondPeakMb: 400 };
  const run = { hold: { sekisho: [hold] } };
  assert.deepEqual(states(run, "PRF-5"), ["missed", "not measured", "not measured"]);
});

test("PRF-4 is about what the gateway adds", () => {
  const run: Results = {
    lat: {
      direct: [{ latencyP50: 100, latencyP99: 900 }],
      sekisho: [{ latencyP50: 590, latencyP99: 3500 }],
    },
  };
  assert.deepEqual(states(run, "PRF-4"), ["reached", "missed", "not measured"]);
});

test("a verdict says value, comparison and limit", () => {
  const [first] = judge(results({ cpuMicros: 91.26 }, { cpuMicros: 17 }));
  assert.equal(verdictLine(first!), "PRF-1  missed        CPU per JSON: 91.3 > 85 µs");
});
