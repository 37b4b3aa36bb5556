import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { SurrogateGate } from "./surrogate-gate.ts";

const pass = (deltas: readonly string[]): string[] => {
  const gate = new SurrogateGate();
  return [...deltas.map((delta) => gate.push(delta)), gate.flush()];
};

describe("WIR-6 a surrogate pair is never torn", () => {
  const table: readonly (readonly [deltas: string[], out: string[]])[] = [
    [
      ["a", "b"],
      ["a", "b", ""],
    ],
    [["🌏"], ["🌏", ""]],
    [
      ["a\ud83c", "\udf0fb"],
      ["a", "🌏b", ""],
    ],
    [
      ["\ud83c", "", "\udf0f"],
      ["", "", "🌏", ""],
    ],
    [["a\ud83c"], ["a", "\ufffd"]],
    [
      ["\ud83c", "b"],
      ["", "\ufffdb", ""],
    ],
    [
      ["\ud83c", "\ud83c", "\udf0f"],
      ["", "\ufffd", "🌏", ""],
    ],
    [["\udf0f"], ["\ufffd", ""]],
  ];
  for (const [deltas, out] of table) {
    test(JSON.stringify(deltas), () => assert.deepEqual(pass(deltas), out));
  }

  test("the deltas add up to the whole text, each well-formed", () => {
    const unit = fc.constantFrom("a", "é", "\ud83c", "\udf0f", "🌏");
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 4 })), (deltas) => {
        const out = pass(deltas);
        assert.ok(out.every((delta) => delta.isWellFormed()));
        assert.equal(out.join(""), deltas.join("").toWellFormed());
      }),
      { numRuns: 2000 },
    );
  });
});
