import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { foldText, WordFinder } from "./word-finder.ts";

const finder = new WordFinder<string>([
  { word: "review", class: "opinion" },
  { word: "how much", class: "price" },
  { word: "値段", class: "price" },
  { word: "比較", class: "compare" },
  { word: "比較的", class: null },
  { word: "Café", class: "place" },
  { word: "ＳＱＬ", class: "code" },
  { word: "  ", class: "nothing" },
  { word: "REVIEW", class: "second" },
  { word: "セール", class: "sale" },
  { word: "^yes", class: "answer" },
]);

const found = (text: string): string[] => [...finder.find(foldText(text)).keys()];

const rows: readonly (readonly [text: string, ...classes: string[]])[] = [
  [""],
  ["a review.", "opinion"],
  ["REVIEW", "opinion"],
  ["preview"],
  ["reviewer"],
  ["review2"],
  ["2review"],
  ["re-review", "opinion"],
  ["how\n  much", "price"],
  ["ｒｅｖｉｅｗ", "opinion"],
  ["本のreviewを", "opinion"],
  ["この値段は", "price"],
  ["比較して", "compare"],
  ["比較的安い"],
  ["比較的安い、比較して", "compare"],
  ["CAFÉ", "place"],
  ["cafés"],
  ["SQLで値段", "code", "price"],
  ["値段 how much", "price"],
  ["セールは", "sale"],
  ["セールス"],
  ["ユニセール"],
  ["春のｾｰﾙ", "sale"],
  ["^yes please", "answer"],
  ["oh yes"],
];

for (const [text, ...classes] of rows) {
  test(`REF-5 words in ${JSON.stringify(text)}: ${classes.join(", ") || "none"}`, () => {
    assert.deepEqual(found(text), classes);
  });
}

test("REF-5 the word of a list is told, never the text around it", () => {
  assert.deepEqual([...finder.find(foldText("いい値段ですね"))], [["price", "値段"]]);
});

test("REF-5 a Latin word is found where no other Latin letter is beside it", () => {
  const around = fc.string({ unit: "binary", maxLength: 12 });
  const spelled = /[a-z0-9\u00df-\u00f6\u00f8-\u024f]/u;
  fc.assert(
    fc.property(around, around, (before, after) => {
      const text = foldText(`${before}review${after}`);
      const at = [...text.matchAll(/review/gu)].map(({ index }) => index);
      const isWhole = at.some(
        (index) => !spelled.test(text.charAt(index - 1)) && !spelled.test(text.charAt(index + 6)),
      );
      assert.equal(finder.find(text).has("opinion"), isWhole);
    }),
  );
});
