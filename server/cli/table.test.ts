import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "./display-width.ts";
import { formatTable, printable, type Column } from "./table.ts";

const widths: readonly (readonly [text: string, width: number])[] = [
  ["", 0],
  ["abc", 3],
  ["漫画", 4],
  ["ｱｲｳ", 3],
  ["ＡＢ", 4],
  ["한글", 4],
  ["か\u3099", 2],
  ["e\u0301", 1],
  ["\u200b", 0],
  ["🛒", 2],
  ["👩‍👩‍👧", 2],
  ["❤\ufe0f", 2],
  ["🇯🇵", 2],
  ["𠮷野家", 6],
  ["é–", 2],
];

for (const [text, width] of widths) {
  test(`"${text}" takes ${width} columns`, () => {
    assert.equal(displayWidth(text), width);
  });
}

const columns: readonly Column[] = [
  { title: "NAME", align: "left" },
  { title: "COUNT", align: "right" },
];

test("columns are aligned by what a terminal shows, not by characters", () => {
  const rows = [
    ["漫画", "1,234"],
    ["x", "7"],
  ];
  assert.equal(formatTable(columns, rows), "NAME  COUNT\n漫画  1,234\nx         7\n");
});

test("a table without rows is its titles; empty and missing cells read -", () => {
  assert.equal(formatTable(columns, []), "NAME  COUNT\n");
  assert.equal(formatTable(columns, [["", "1"], ["x"]]), "NAME  COUNT\n-         1\nx         -\n");
});

test("a cell cannot move the cursor, colour the screen or turn a line around", () => {
  const evil = "a\u001b[31mb\nc\rd\u202ee\u009bf";
  assert.equal(printable(evil), "a\ufffd[31mb\ufffdc\ufffdd\ufffde\ufffdf");
  assert.equal(formatTable(columns, [[evil, "1"]]).split("\n").length, 3);
});
