import assert from "node:assert/strict";
import { test } from "node:test";
import { rowOf, subject } from "@sekisho/gateway/ledger/memory-ledger-fixture.ts";
import { ledgerLines, ledgerRowView } from "./ledger-view.ts";

const costs: readonly (readonly [nanoUsd: number, usd: string])[] = [
  [0, "0.000000000"],
  [7, "0.000000007"],
  [1_350_000_000, "1.350000000"],
  // As a float it would be 9007199.25474099.
  [Number.MAX_SAFE_INTEGER, "9007199.254740991"],
];

for (const [costNanoUsd, usd] of costs) {
  test(`MON-14 the column costUsd of an export has ${usd} USD`, () => {
    const row = ledgerRowView(rowOf("a", { costNanoUsd }));
    assert.deepEqual([row.costNanoUsd, row.costUsd], [costNanoUsd, usd]);
    const titles = ledgerLines.csv.head.trimEnd().split(",");
    const cells = ledgerLines.csv.line(row).trimEnd().split(",");
    assert.deepEqual([titles.at(-2), cells.at(-2)], ["costUsd", usd]);
    assert.equal(titles.length, cells.length);
    assert.equal(JSON.parse(ledgerLines.jsonl.line(row)).costUsd, usd);
  });
}

test("MON-14 readers of before find each column in its place", () => {
  const titles = ledgerLines.csv.head.trimEnd().split(",");
  const places = [titles[21], titles[36], titles[37]];
  assert.deepEqual(places, ["costNanoUsd", "wastedTokens", "costUsd"]);
});

test("MON-14 tags are the last column, a list in JSON and one cell in CSV", () => {
  const tagged = ledgerRowView(rowOf("a", { subject: { ...subject, tags: ["-x", "prod"] } }));
  assert.ok(ledgerLines.csv.head.endsWith(",tags\r\n"));
  // Else a spreadsheet would take it for a formula.
  assert.ok(ledgerLines.csv.line(tagged).endsWith(",'-x;prod\r\n"));
  assert.deepEqual(JSON.parse(ledgerLines.jsonl.line(tagged)).tags, ["-x", "prod"]);
  const plain = ledgerRowView(rowOf("a"));
  assert.ok(ledgerLines.csv.line(plain).endsWith(",\r\n"));
  assert.deepEqual(JSON.parse(ledgerLines.jsonl.line(plain)).tags, []);
});
