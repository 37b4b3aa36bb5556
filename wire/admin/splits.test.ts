import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSplitOrder } from "./splits.ts";

test("RTE-4 weights are those of at least one arm", () => {
  const order = { command: "set", weights: { quality: 20, fast: 80 } };
  assert.deepEqual(parseSplitOrder(order), { ok: true, value: { order, phase: null } });
  const expected =
    'Cannot read the body: weights names no arm: expected is one or more, such as {"fast": 80}';
  assert.deepEqual(parseSplitOrder({ command: "set", weights: {} }), {
    ok: false,
    code: "invalid_value",
    path: "weights",
    message: expected,
  });
  const wrong: readonly (readonly [weights: unknown, says: RegExp])[] = [
    [undefined, /weights is missing/],
    [null, /weights is missing/],
    [[], /weights must be a JSON object/],
    [{ fast: -1 }, /weights\.fast must be a number from 0 to 10000/],
    [{ fast: "80" }, /weights\.fast must be a number from 0 to 10000/],
    [{ fast: 10_001 }, /weights\.fast must be a number from 0 to 10000/],
  ];
  for (const [weights, says] of wrong) {
    const read = parseSplitOrder({ command: "set", weights });
    assert.match(read.ok ? "read" : read.message, says, JSON.stringify(weights));
  }
});
