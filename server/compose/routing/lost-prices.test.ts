import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinBook, PriceBook } from "@sekisho/gateway/catalog/price-book.ts";
import { refuseLostPrices } from "./lost-prices.ts";

const bookOf = (version: string, names: readonly string[], input = 1): PriceBook =>
  new PriceBook({
    path: "./prices.yaml",
    version,
    lines: Object.fromEntries(
      names.map((name) => [name, [{ rates: [input, 2], source: "a test", confidence: null }]]),
    ),
  });

const change =
  (from: PriceBook, book: PriceBook, mayShrink = false) =>
  () =>
    refuseLostPrices(from, { book, mayShrink });

test("MON-2 a book that shrinks is refused and says what is gone, unless it may", () => {
  const [both, one] = [bookOf("1", ["a", "b"]), bookOf("2", ["a"])];
  assert.throws(change(both, one), {
    code: "invalid_value",
    message:
      "Cannot take the price book 2 (./prices.yaml): it lacks what 1 (./prices.yaml) has: b; " +
      "prices.mayShrink: true lets it",
  });
  assert.throws(change(one, builtinBook), /price book builtin: it lacks .* has: a;/);
  change(both, one, true)();
  change(one, both)();
  change(builtinBook, one)();
});

test("MON-2 of many prices that are gone ten are named", () => {
  const names = Array.from({ length: 25 }, (_, at) => `m${at}`);
  assert.throws(change(bookOf("1", names), bookOf("2", [])), /has: m0, .*, m9 and 15 more; /);
});

test("MON-2 other figures need another version, whatever may shrink", () => {
  const [before, after] = [bookOf("1", ["a"]), bookOf("1", ["a"], 5)];
  assert.throws(
    change(before, after, true),
    /1 \(.*\): its figures are others than those in force/,
  );
  change(before, bookOf("2", ["a"], 5))();
  change(before, bookOf("1", ["a"]))();
});
