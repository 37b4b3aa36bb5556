import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { rfc3339, TimeSpeller } from "./rfc3339.ts";

test("every millisecond of the years 0 to 9999 reads as Date writes it", () => {
  const from = Date.UTC(1970, 0, 1) - 719_528 * 86_400_000;
  const to = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  const edges = ["2000-02-29", "1900-03-01", "2100-02-28", "2026-12-31", "1970-01-01"];
  for (const edge of edges) {
    for (const offsetMs of [-1, 0, 1, 86_399_999]) {
      const wallMs = Date.parse(edge) + offsetMs;
      assert.equal(rfc3339(wallMs), new Date(wallMs).toISOString());
    }
  }
  const property = fc.property(fc.integer({ min: from, max: to }), (wallMs) => {
    assert.equal(rfc3339(wallMs), new Date(wallMs).toISOString());
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("TimeSpeller spells what rfc3339 spells, in any order", () => {
  const speller = new TimeSpeller();
  const base = 1_795_172_862_078;
  for (const offset of [0, 1, 921, 922, 923, -1, -79, 86_400_000, 0]) {
    assert.equal(speller.spell(base + offset), rfc3339(base + offset));
  }
});
