import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresOf } from "./figures.ts";
import { languageOf, words } from "./languages.ts";

const en = figuresOf("en", words.en);
const ja = figuresOf("ja", words.ja);

const durations: readonly (readonly [ms: number, en: string, ja: string])[] = [
  [0, "0 ms", "0 ms"],
  [0.42, "0.4 ms", "0.4 ms"],
  [9.96, "10 ms", "10 ms"],
  [312.4, "312 ms", "312 ms"],
  [999.4, "999 ms", "999 ms"],
  [999.6, "1.00 s", "1.00 秒"],
  [1_800, "1.80 s", "1.80 秒"],
  [12_340, "12.3 s", "12.3 秒"],
  [61_000, "1 min", "1 分"],
  [7_300_000, "2 h", "2 時間"],
];

for (const [ms, english, japanese] of durations) {
  test(`${ms} ms is "${english}" and "${japanese}"`, () => {
    assert.deepEqual([en.duration(ms), ja.duration(ms)], [english, japanese]);
  });
}

test("an axis takes no more digits than it needs", () => {
  assert.deepEqual([500, 1_000, 1_500].map(en.durationTick), ["500 ms", "1 s", "1.5 s"]);
});

test("money keeps the digits that tell it from nothing", () => {
  const shown = [0, 1_234, 4_560_000, 123_400_000, 1_234_567_890, 12_345_678_900_000];
  assert.deepEqual(shown.map(en.usd), [
    "$0",
    "$0.0000012",
    "$0.0046",
    "$0.123",
    "$1.23",
    "$12,346",
  ]);
  assert.equal(en.usd("9007199254740993"), "$9,007,199");
});

test("money of one call is exact", () => {
  const shown = [0, 1, 4_560_000, 1_500_000_000, "9007199254740993"].map(en.exactUsd);
  assert.deepEqual(shown, ["$0.00", "$0.000000001", "$0.00456", "$1.50", "$9,007,199.254740993"]);
});

test("a moment has its day", () => {
  assert.match(en.moment(1_783_000_000_000), /^Jul 2, 2026, \d{2}:\d{2}:40$/);
  assert.match(ja.moment(1_783_000_000_000), /^2026\/07\/02 \d{1,2}:\d{2}:40$/);
});

test("a share that is not all is never shown as all, one that is not none never as none", () => {
  const shown = [0, 0.00001, 0.0123, 0.125, 0.9999, 1].map(en.percent);
  assert.deepEqual(shown, ["0 %", "< 0.1 %", "1.23 %", "12.5 %", "> 99.9 %", "100 %"]);
});

test("rates and counts are shortened where nobody reads their digits", () => {
  assert.deepEqual([0, 0.333, 14.25, 838.4, 28_160].map(en.rate), [
    "0",
    "0.33",
    "14.3",
    "838",
    "28.2K",
  ]);
  assert.deepEqual([99_999, 1_234_567].map(en.count), ["99,999", "1.23M"]);
  assert.equal(ja.count(1_234_567), "123万");
});

test("the language is the first of the browser's that we speak", () => {
  assert.equal(languageOf(["de-DE", "ja-JP", "en"]), "ja");
  assert.equal(languageOf(["en-GB", "ja"]), "en");
  assert.equal(languageOf(["de", "jav"]), "en");
  assert.equal(languageOf([]), "en");
});

test("both languages have the same texts, none of them empty", () => {
  const leaves = (value: unknown, path: string): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, each]) => leaves(each, `${path}.${key}`))
      : [typeof value === "string" && value.trim() === "" ? `${path} is empty` : path];
  assert.deepEqual(leaves(words.ja, ""), leaves(words.en, ""));
});
