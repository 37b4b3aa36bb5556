import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { rfc3339 } from "./rfc3339.ts";

test("dates that a calendar gets wrong", () => {
  const table: readonly (readonly [epochMs: number, text: string])[] = [
    [0, "1970-01-01T00:00:00Z"],
    [-1, "1969-12-31T23:59:59Z"],
    [951_782_400_000, "2000-02-29T00:00:00Z"],
    [951_868_800_000, "2000-03-01T00:00:00Z"],
    [4_107_542_400_000, "2100-03-01T00:00:00Z"],
    [-62_167_219_200_000, "0000-01-01T00:00:00Z"],
    [253_402_300_799_999, "9999-12-31T23:59:59Z"],
  ];
  for (const [epochMs, text] of table) assert.equal(rfc3339(epochMs), text);
});

test("the same as Date writes, without fractions", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (epochMs) => {
      const written = new Date(Math.floor(epochMs / 1000) * 1000).toISOString();
      assert.equal(rfc3339(epochMs), written.replace(".000Z", "Z"));
    }),
    { numRuns: 1000 },
  );
});
