import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { carriedCallId } from "./call-id.ts";

describe("WIR-13 ids of tool calls", () => {
  test("what fits stays as it is", () => {
    const ids = ["toolu_01A", "call-1", "x".repeat(64)];
    assert.deepEqual(
      ids.map((id) => carriedCallId(id, 64)),
      ids,
    );
  });

  test("what does not fit becomes an id that does, always the same", () => {
    const ids = ["functions.f:0", "", "é", "x".repeat(65), "a b", "x".repeat(100_000)];
    const carried = ids.map((id) => carriedCallId(id, 64));
    assert.deepEqual(
      ids.map((id) => carriedCallId(id, 64)),
      carried,
    );
    for (const id of carried) assert.match(id, /^[\w-]{1,64}$/);
    assert.equal(new Set(carried).size, ids.length);
  });

  test("different ids stay different", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 80 })), (made) => {
        const ids = [...new Set(made)];
        const carried = ids.map((id) => carriedCallId(id, 40));
        assert.equal(new Set(carried).size, ids.length);
        for (const id of carried) assert.match(id, /^[\w-]{1,40}$/);
      }),
      { numRuns: 500 },
    );
  });
});
