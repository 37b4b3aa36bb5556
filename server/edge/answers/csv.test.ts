import assert from "node:assert/strict";
import { test } from "node:test";
import { csvLine } from "./csv.ts";

const cells: readonly (readonly [value: string | number | null, cell: string])[] = [
  [null, ""],
  ["", ""],
  [0, "0"],
  [-1.5, "-1.5"],
  ["plain text", "plain text"],
  ["漫画", "漫画"],
  ["a,b", '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["=1+2", "'=1+2"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", '"\'\r=1"'],
  [" =1", "' =1"],
  ["＝1", "'＝1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ["a=1", "a=1"],
];

for (const [value, cell] of cells) {
  test(`MON-14 a cell of CSV: ${JSON.stringify(value)}`, () => {
    assert.equal(csvLine(["x", value, 1]), `x,${cell},1\r\n`);
  });
}
