import assert from "node:assert/strict";
import { test } from "node:test";
import { noSuchPart } from "./no-such-part.ts";

const nowMs = Date.UTC(2026, 0, 31, 9);
const sealed = ["2026-01-28", "2026-01-29", "open"];
const isOpen = "has no seal yet; its calls are in the part open";
const isNone = "it is no day that is kept; the ledger has";

const table = [
  ["2026-01-31", sealed, `today ${isOpen}`],
  ["2026-01-31", ["open"], `today ${isOpen}`],
  ["2026-01-30", sealed, `the day ${isOpen}`],
  ["2026-01-30", ["open"], `the day ${isOpen}`],
  ["2026-01-27", sealed, `${isNone} 2026-01-28, 2026-01-29, open and 3 in all`],
  ["2026-02-01", sealed, `${isNone} 2026-01-28, 2026-01-29, open and 3 in all`],
  ["2026-02-01", ["open"], `${isNone} open and 1 in all`],
  ["2025-02-30", ["open"], `${isNone} open and 1 in all`],
] as const;

for (const [part, parts, why] of table) {
  test(`MON-14 ${part} is no part of ${parts.join(", ")}: ${why}`, () => {
    assert.equal(noSuchPart(part, parts, nowMs), `Cannot verify ${part}: ${why}`);
  });
}
