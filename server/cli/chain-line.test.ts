import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainView } from "@sekisho/wire/admin/audit.ts";
import { chainLine } from "./chain-line.ts";

const nobody = { firstId: null, lastId: null, behindId: null };

const table: readonly (readonly [fault: ChainView["fault"], line: string])[] = [
  [null, "19 rows are as written, the last has aa"],
  [{ kind: "changed", seq: 20 }, "row 20 was changed; before it 19 rows are as written"],
  [
    { kind: "changed", seq: 20, calls: { firstId: "b", lastId: "b", behindId: "a" } },
    "row 20 was changed, call b; before it 19 rows are as written",
  ],
  [
    { kind: "changed", seq: 20, lastSeq: 23, calls: { firstId: "b", lastId: "e", behindId: "a" } },
    "one or more of rows 20 to 23 were changed, calls b to e; before them 19 rows are as written",
  ],
  [
    { kind: "missing", seq: 20, calls: { ...nobody, behindId: "a" } },
    "row 20 is missing, behind call a; before it 19 rows are as written",
  ],
  [
    { kind: "missing", seq: 20, lastSeq: 99, calls: { ...nobody, behindId: "a" } },
    "rows 20 to 99 are missing, behind call a; before them 19 rows are as written",
  ],
  [
    { kind: "missing", seq: 20, lastSeq: 99, calls: nobody },
    "rows 20 to 99 are missing; before them 19 rows are as written",
  ],
  [
    {
      kind: "added",
      seq: -7,
      calls: { firstId: "\u001b[2J", lastId: "\u001b[2J", behindId: null },
    },
    "row -7 was added past the gateway, call \ufffd[2J; before it 19 rows are as written",
  ],
];

for (const [fault, line] of table) {
  test(`MON-14 a chain's line: ${line}`, () => {
    const hash = fault === null ? "aa" : null;
    assert.equal(chainLine({ chain: "open", rows: 19, hash, fault }), `open: ${line}`);
  });
}
