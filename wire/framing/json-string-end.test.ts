import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { jsonStringEnd } from "./json-string-end.ts";

/** One byte after the other. */
function plainEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === 0x5c) at += 1;
    else if (bytes[at] === 0x22) return at;
  }
  return -1;
}

test("finds the end that a plain loop finds", () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom("\\", '"', "a"), maxLength: 6 }),
    fc.constantFrom("a".repeat(29), "a".repeat(31), "a".repeat(32), "\\".repeat(33), '\\"'),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => Buffer.from(pieces.join("")));
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 4 }), (bytes, from) => {
      assert.equal(jsonStringEnd(bytes, from), plainEnd(bytes, from));
    }),
    { numRuns: 10_000 },
  );
});

test("is linear in a megabyte of escaped quotes and of backslashes", () => {
  for (const unit of ['\\"', "\\\\"]) {
    const bytes = Buffer.from(`${unit.repeat(500_000)}"`);
    assert.equal(jsonStringEnd(bytes, 0), 1_000_000);
  }
});
