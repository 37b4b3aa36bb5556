import assert from "node:assert/strict";
import { test } from "node:test";
import { oneCore, ownCores, type Arrangement } from "./arrangement.ts";
import { Comparison, type RoundResult } from "./comparison.ts";

const json = { test: "json", connections: 64 } as const;

/** A second of 1,000 answers that cost so much each. */
const answered = (micros: number, errors = 0): RoundResult => ({
  answers: 1_000,
  cpuMicros: micros * 1_000,
  seconds: 1,
  latency: { p50: 0 },
  errors,
});

interface Costs {
  readonly one: number;
  readonly several: number;
  readonly apart: number;
}

function compared(arrangement: Arrangement, rounds: readonly Costs[], errors = 0): Comparison {
  const comparison = new Comparison(arrangement, json);
  for (const { one, several, apart } of rounds) {
    comparison.add(arrangement.one, [answered(one)]);
    comparison.add(arrangement.several, [answered(several, errors)]);
    comparison.add(arrangement.apart, [answered(apart), answered(apart)]);
  }
  return comparison;
}

const options = { count: 2, rate: 1_500 };

test("PRF-9: with a core each, several may cost 1.1 times as much as one", () => {
  const own = ownCores(options);
  assert.equal(compared(own, [{ one: 100, several: 110, apart: 100 }]).isGood, true);
  assert.equal(compared(own, [{ one: 100, several: 112, apart: 112 }]).isGood, false);
});

test("PRF-9: on one core, several may cost 1.1 times what gateways apart cost", () => {
  const shared = oneCore(options);
  assert.equal(compared(shared, [{ one: 100, several: 130, apart: 125 }]).isGood, true);
  assert.equal(compared(shared, [{ one: 100, several: 130, apart: 100 }]).isGood, false);
});

test("the median of the rounds decides, each held against its own", () => {
  const rounds = [
    { one: 100, several: 105, apart: 100 },
    { one: 200, several: 210, apart: 200 },
    { one: 100, several: 300, apart: 100 },
  ];
  const comparison = compared(ownCores(options), rounds);
  assert.equal(comparison.isGood, true);
  assert.match(String(comparison), /several +128 +210\.0 +1\.050 +1\.050 +3\.000 +1\.050 +1000/);
});

test("a wrong answer is not good, however cheap", () => {
  const costs = { one: 100, several: 50, apart: 100 };
  assert.equal(compared(ownCores(options), [costs], 1).isGood, false);
});
