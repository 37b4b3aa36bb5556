import assert from "node:assert/strict";
import { test } from "node:test";
import { plainFigure } from "./figure-text.ts";

const figures: readonly (readonly [text: string, plain: string | null])[] = [
  ["0", "0"],
  ["0.25", "0.25"],
  ["50000", "50000"],
  ["50,000", "50000"],
  ["1,234.50", "1234.50"],
  ["1,234,567", "1234567"],
  ["50,00", null],
  ["0,500", null],
  ["1,234,5", null],
  ["1234,567", null],
  ["1,234567", null],
  ["1.234,50", null],
  ["1,234.", null],
  [",500", null],
  ["-1", null],
  ["1e3", null],
  ["", null],
];

for (const [text, plain] of figures) {
  test(`MON-6 "${text}" is read as ${plain ?? "no figure"}`, () => {
    assert.equal(plainFigure(text), plain);
  });
}
