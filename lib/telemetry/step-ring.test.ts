import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StepRing } from "./step-ring.ts";

test("a step is the sum of what was added to it, one that nobody touched is zero", () => {
  const ring = new StepRing(5, 2);
  assert.equal(ring.newest, null);
  assert.equal(ring.get(3, 0), 0);
  ring.add(3, 0, 1);
  ring.add(3, 0, 2);
  ring.add(3, 1, 10);
  ring.add(6, 0, 5);
  assert.deepEqual(
    [2, 3, 4, 5, 6, 7].map((step) => ring.get(step, 0)),
    [0, 3, 0, 0, 5, 0],
  );
  assert.equal(ring.get(3, 1), 10);
  assert.equal(ring.sum(0, 0, 100), 8);
  assert.equal(ring.sum(0, 4, 5), 0);
});

test("a step that has left the ring is gone, and takes nothing any more", () => {
  const ring = new StepRing(3, 1);
  ring.add(1, 0, 1);
  ring.add(3, 0, 3);
  ring.add(4, 0, 4);
  assert.equal(ring.get(1, 0), 0);
  ring.add(1, 0, 7);
  assert.deepEqual([ring.get(4, 0), ring.get(1, 0), ring.newest], [4, 0, 4]);
  ring.add(1_000_000, 0, 9);
  assert.equal(ring.sum(0, 0, 2_000_000), 9);
});

test("it equals a map of sums that forgets all but the latest steps", () => {
  const step = fc.integer({ min: -30, max: 60 });
  const addition = fc.tuple(step, fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(addition), (additions) => {
      const ring = new StepRing(8, 1);
      const sums = new Map<number, number>();
      let newest = -Infinity;
      for (const [at, amount] of additions) {
        ring.add(at, 0, amount);
        newest = Math.max(newest, at);
        if (at > newest - 8) sums.set(at, (sums.get(at) ?? 0) + amount);
      }
      for (let at = -40; at < 70; at++) {
        assert.equal(ring.get(at, 0), at > newest - 8 ? (sums.get(at) ?? 0) : 0);
      }
    }),
  );
});
