import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { draw, type Spread } from "./spread.ts";

const drawn = (spread: Spread, limit: number = Infinity): number[] => {
  const random = new SeededRandom(7);
  const values = Array.from({ length: 20_000 }, () => draw(spread, random, limit));
  return values.toSorted((a, b) => a - b);
};

test("a lognormal spread has the percentiles it was told", () => {
  const values = drawn({ lognormal: { p50: 200, p99: 800 } });
  const p50 = values[10_000] ?? 0;
  const p99 = values[19_800] ?? 0;
  assert.ok(Math.abs(p50 / 200 - 1) < 0.03, `p50 ${p50}`);
  assert.ok(Math.abs(p99 / 800 - 1) < 0.08, `p99 ${p99}`);
  assert.ok((values[0] ?? 0) > 0);
});

test("a uniform spread stays in its range and is even", () => {
  const values = drawn({ uniform: [10, 20] });
  assert.ok((values[0] ?? 0) >= 10 && (values.at(-1) ?? 99) < 20);
  assert.ok(Math.abs((values[10_000] ?? 0) - 15) < 0.2);
});

test("nothing is drawn above the limit", () =>
  assert.equal(drawn({ lognormal: { p50: 200, p99: 900_000 } }, 1_000).at(-1), 1_000));

test("a number is itself", () => assert.equal(drawn(5)[0], 5));
