import assert from "node:assert/strict";
import { test } from "node:test";
import { rowOf } from "@sekisho/gateway/ledger/memory-ledger-fixture.ts";
import { ledgerLines, ledgerRowView } from "./ledger-view.ts";

const costs: readonly (readonly [nanoUsd: number, usd: string])[] = [
  [0, "0.000000000"],
  [7, "0.000000007"],
  [1_350_000_000, "1.350000000"],
  // As a float it would be 9007199.25474099.
  [Number.MAX_SAFE_INTEGER, "9007199.254740991"],
];

for (const [costNanoUsd, usd] of costs) {
  test(`MON-14 the last column of an export has ${usd} USD`, () => {
    const row = ledgerRowView(rowOf("a", { costNanoUsd }));
    assert.deepEqual([row.costNanoUsd, row.costUsd], [costNanoUsd, usd]);
    const titles = ledgerLines.csv.head.trimEnd().split(",");
    const cells = ledgerLines.csv.line(row).trimEnd().split(",");
    assert.deepEqual([titles.at(-1), cells.at(-1)], ["costUsd", usd]);
    assert.equal(titles.length, cells.length);
    assert.equal(JSON.parse(ledgerLines.jsonl.line(row)).costUsd, usd);
  });
}

test("MON-14 readers of before find each column in its place", () => {
  const titles = ledgerLines.csv.head.trimEnd().split(",");
  assert.deepEqual([titles[21], titles[36]], ["costNanoUsd", "wastedTokens"]);
});
