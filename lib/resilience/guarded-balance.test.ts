import assert from "node:assert/strict";
import { test } from "node:test";
import type { Balance, NamedCandidate } from "./balance.ts";
import { guardedBalance } from "./guarded-balance.ts";

const candidates = ["a", "b", "c"].map((id): NamedCandidate => {
  return { id, weight: 1, share: 1, inFlight: 0, cost: 0, price: 0 };
});
const lot = { turn: 0, draw: 0 };

/** What a module that somebody else wrote may give back. */
const answering = (answer: unknown): Balance => (() => answer) as Balance;

test("REF-7 an order of each index once is taken as it is", () => {
  const balance = guardedBalance(answering([2, 0, 1]), (error) => assert.fail(String(error)));
  assert.deepEqual(balance(candidates, lot), [2, 0, 1]);
});

test("REF-7 it sees names, loads and the lot", () => {
  const seen: unknown[] = [];
  const balance = guardedBalance(
    (given, { turn }) => {
      seen.push(
        given.map(({ id }) => id),
        turn,
      );
      return [0, 1, 2];
    },
    () => assert.fail("it is right"),
  );
  balance(candidates, { turn: 7, draw: 1 });
  assert.deepEqual(seen, [["a", "b", "c"], 7]);
});

const wrong: readonly (readonly [what: string, answer: unknown])[] = [
  ["nothing", undefined],
  ["a number", 1],
  ["too few", [0, 1]],
  ["too many", [0, 1, 2, 3]],
  ["one twice", [0, 1, 1]],
  ["one that is none", [0, 1, 3]],
  ["one below zero", [0, 1, -1]],
  ["a fraction", [0, 1, 1.5]],
  ["texts", ["0", "1", "2"]],
  ["a promise", Promise.resolve([0, 1, 2])],
  ["a hole", [0, 1, , 2].slice(0, 3)], // oxlint-disable-line no-sparse-arrays -- what is tested
];

for (const [what, answer] of wrong) {
  test(`REF-7 ${what} leaves the order as it was given`, () => {
    let failures = 0;
    const balance = guardedBalance(answering(answer), () => (failures += 1));
    assert.deepEqual(balance(candidates, lot), [0, 1, 2]);
    assert.deepEqual(balance(candidates, lot), [0, 1, 2]);
    assert.equal(failures, 1, "told once");
  });
}

test("REF-7 one that throws leaves the order as it was given, and says why once", () => {
  const reasons: unknown[] = [];
  const balance = guardedBalance(
    () => {
      throw new RangeError("no");
    },
    (error) => reasons.push(error),
  );
  for (let n = 0; n < 3; n++) assert.deepEqual(balance(candidates, lot), [0, 1, 2]);
  assert.equal(reasons.length, 1);
  assert.ok(reasons[0] instanceof RangeError);
});
