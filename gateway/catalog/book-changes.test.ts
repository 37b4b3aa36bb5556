import assert from "node:assert/strict";
import { test } from "node:test";
import { goneFrom, isOtherUnderOneVersion } from "./book-changes.ts";
import type { PriceLine, RateFigures } from "./prices.data.ts";

const line = (rates: RateFigures, rest: Partial<PriceLine> = {}): PriceLine => ({
  rates,
  source: "a test",
  confidence: null,
  ...rest,
});

const band = (overTokens: number, rates: RateFigures) => [overTokens, rates] as const;
const first = line([1, 2], { until: "2026-12-01" });
const second = line([3, 4], { from: "2026-12-01" });

const cases: readonly (readonly [
  what: string,
  before: readonly PriceLine[],
  after: readonly PriceLine[] | null,
  gone: readonly string[],
])[] = [
  ["the same", [first, second], [first, second], []],
  ["other figures", [line([1, 2, 3])], [line([9, 9, 9])], []],
  ["more lines", [line([1, 2])], [line([1, 2, 0]), second], []],
  ["an end that another line begins at", [line([1, 2])], [first, second], []],
  ["no model", [line([1, 2])], null, ["m"]],
  [
    "no cache figure",
    [line([1, 2, 3, 4, 5])],
    [line([1, 2, 3])],
    ["m cacheWrite5m", "m cacheWrite1h"],
  ],
  [
    "no price of images",
    [line([1, 2], { perRequest: 0, perImage: 5 })],
    [line([1, 2], { perRequest: 0 })],
    ["m perImage"],
  ],
  ["no later price", [first, second], [line([1, 2])], ["m its price from 2026-12-01"]],
  ["no first price", [first, second], [second], ["m its price without a first day"]],
  ["an end", [line([1, 2])], [first], ["m any price from 2026-12-01 on"]],
  ["no band", [line([1, 2], { bands: [band(9, [5, 6])] })], [line([1, 2])], ["m band over 9"]],
  [
    "no figure of a band, later",
    [first, line([3, 4], { from: "2026-12-01", bands: [band(9, [5, 6, 7])] })],
    [first, line([3, 4], { from: "2026-12-01", bands: [band(9, [5, 6])] })],
    ["m cacheRead of its band over 9 from 2026-12-01"],
  ],
];

for (const [what, before, after, gone] of cases) {
  test(`MON-2 of a book with ${what} is gone: ${gone.join(", ") || "nothing"}`, () => {
    assert.deepEqual(goneFrom({ m: before }, after === null ? {} : { m: after }), gone);
  });
}

test("MON-2 a name that every object has is gone as well", () => {
  assert.deepEqual(goneFrom({ constructor: [first] }, {}), ["constructor"]);
});

test("MON-2 one version has one set of figures", () => {
  const of = (version: string, input: number) => ({
    path: "./prices.yaml",
    version,
    lines: { m: [line([input, 2])] },
  });
  assert.equal(isOtherUnderOneVersion(of("a", 1), of("a", 1)), false);
  assert.equal(isOtherUnderOneVersion(of("a", 1), of("a", 2)), true);
  assert.equal(isOtherUnderOneVersion(of("a", 1), of("b", 2)), false);
});
