import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { splitInputs } from "./split-inputs.ts";

const inputsOf = (...bounds: number[]) => bounds.map((tokensBound) => ({ tokensBound }));

describe("a call for vectors is cut", () => {
  test("where a request is full of inputs or of tokens", () => {
    const five = inputsOf(1, 1, 1, 1, 1);
    assert.deepEqual(splitInputs(five, { inputs: 2, tokens: Infinity }), [
      { start: 0, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 5 },
    ]);
    assert.deepEqual(splitInputs(inputsOf(3, 3, 4, 9, 1), { inputs: 10, tokens: 6 }), [
      { start: 0, end: 2 },
      { start: 2, end: 3 },
      { start: 3, end: 4 },
      { start: 4, end: 5 },
    ]);
    assert.deepEqual(splitInputs(five, { inputs: 5, tokens: 5 }), [{ start: 0, end: 5 }]);
    assert.deepEqual(splitInputs([], { inputs: 5, tokens: 5 }), []);
  });

  test("in order and without gaps, within the limits, and no more often than needed", () => {
    const bounds = fc.array(fc.nat(50), { minLength: 1, maxLength: 200 });
    const limits = fc.record({
      inputs: fc.integer({ min: 1, max: 20 }),
      tokens: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(bounds, limits, (sizes, { inputs, tokens }) => {
        const ranges = splitInputs(inputsOf(...sizes), { inputs, tokens });
        const sum = (start: number, end: number): number =>
          sizes.slice(start, end).reduce((total, each) => total + each, 0);
        let at = 0;
        for (const [index, { start, end }] of ranges.entries()) {
          assert.equal(start, at);
          assert.ok(end > start && end - start <= inputs);
          assert.ok(end - start === 1 || sum(start, end) <= tokens);
          const isFull = end - start === inputs || sum(start, end + 1) > tokens;
          assert.ok(isFull || index === ranges.length - 1, "the next one had no room");
          at = end;
        }
        assert.equal(at, sizes.length);
      }),
    );
  });
});
