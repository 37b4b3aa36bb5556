import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLedger, rowOf } from "./memory-ledger-fixture.ts";
import type { FaultCalls } from "./name-calls.ts";
import { verifyPart } from "./verify-ledger.ts";

const none = { firstId: null, lastId: null, behindId: null };
const cost = "about = replace(about, '7', '6')";
const cut = "DELETE FROM calls WHERE place";

/** Places 1, 2 to 4 of one transaction, and 5. */
const table: readonly (readonly [what: string, sql: string, FaultCalls])[] = [
  [
    "a call that was changed, and the one before it",
    `UPDATE calls SET ${cost} WHERE place = 5`,
    { firstId: "e", lastId: "e", behindId: "d" },
  ],
  [
    "those that share a hash, the first and the last",
    `UPDATE calls SET ${cost} WHERE place = 3`,
    { firstId: "b", lastId: "d", behindId: "a" },
  ],
  [
    "an id as it is now",
    "UPDATE calls SET id = 'x' WHERE place = 1",
    { firstId: "x", lastId: "x", behindId: null },
  ],
  ["the call before one that is missing", `${cut} = 3`, { ...none, behindId: "b" }],
  ["the call before those that were cut off", `${cut} > 2`, { ...none, behindId: "b" }],
  ["nobody where all are missing", `${cut} > 0`, none],
  [
    "one before the first",
    "UPDATE calls SET place = -3 WHERE place = 2",
    { firstId: "b", lastId: "b", behindId: null },
  ],
];

for (const [what, sql, calls] of table) {
  test(`MON-14 a fault names calls by their ids: ${what}`, async () => {
    const { add, tamper, reader } = memoryLedger();
    add([rowOf("a")]);
    add([rowOf("b")], [rowOf("c")], [rowOf("d")]);
    add([rowOf("e")]);
    tamper(sql);
    const findings = await verifyPart(reader, "open", () => Promise.resolve());
    assert.deepEqual(findings?.fault?.calls, calls);
  });
}
