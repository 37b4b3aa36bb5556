import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownTable, resultTables } from "./result-tables.ts";

test("columns are as wide as their widest cell, numbers stand to the right", () => {
  const table = markdownTable([
    ["candidate", "µs"],
    ["raw", "43.1"],
  ]);
  assert.equal(table, "| candidate |   µs |\n| --------- | ---: |\n| raw       | 43.1 |\n");
});

test("a test's table has its candidates and their ratios; what is missing is a dash", () => {
  const tables = resultTables({
    json: {
      haproxy: [{ cpuMicros: 20, errors: 0 }],
      sekisho: [{ cpuMicros: 80, errors: 0 }],
    },
  });
  const row = tables.split("\n").find((line) => line.startsWith("| sekisho"));
  const cells = row?.split("|").map((cell) => cell.trim());
  assert.deepEqual(cells?.slice(2, 6), ["80.0", "4.00", "–", "–"]);
});
