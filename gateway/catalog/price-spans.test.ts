import assert from "node:assert/strict";
import { test } from "node:test";
import { priceAt, type Price } from "../price.ts";
import { spansOf, type DatedPrice } from "./price-spans.ts";

const dated = (version: string, fromMs: number, untilMs: number): DatedPrice => ({
  fromMs,
  untilMs,
  price: { version } as Price, // no more is read here
});

const at = (prices: readonly DatedPrice[], ...instants: readonly number[]): string =>
  instants.map((ms) => priceAt(spansOf(prices), ms)?.version ?? "-").join("");

const cases: readonly (readonly [why: string, prices: readonly DatedPrice[], seen: string])[] = [
  ["none", [], "-----"],
  ["one for ever", [dated("a", -Infinity, Infinity)], "aaaaa"],
  ["one from a day on", [dated("a", 2, Infinity)], "--aaa"],
  ["one that ended", [dated("a", -Infinity, 2)], "aa---"],
  ["one after the other", [dated("b", 2, Infinity), dated("a", -Infinity, 2)], "aabbb"],
  ["a gap between two", [dated("a", -Infinity, 1), dated("b", 3, 4)], "a--b-"],
];

for (const [why, prices, seen] of cases) {
  test(`MON-2 prices over time: ${why}`, () => assert.equal(at(prices, 0, 1, 2, 3, 4), seen));
}

test("MON-2 prices that hold at the same time or never are refused", () => {
  for (const prices of [
    [dated("a", -Infinity, 3), dated("b", 2, Infinity)],
    [dated("a", 2, 2)],
    [dated("a", -Infinity, Infinity), dated("b", -Infinity, Infinity)],
  ]) {
    assert.throws(() => spansOf(prices), RangeError);
  }
});
