import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VectorIndex, vectorsPerScope } from "./vector-index.ts";

/** Longer than what is summed side by side. */
const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 7, maxLength: 7 });

const cosine = (a: readonly number[], b: readonly number[]): number => {
  const dot = a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
};

test("STR-14 the nearest is the one of the greatest cosine, within its scope alone", () => {
  fc.assert(
    fc.property(fc.array(vector, { maxLength: 20 }), vector, (known, asked) => {
      const index = new VectorIndex(() => 1_000);
      for (const [n, each] of known.entries()) index.add(n % 2 === 0 ? "a" : "b", `${n}`, each);
      const near = index.nearest("a", asked);
      const cosines = known
        .filter((each, n) => n % 2 === 0 && Math.hypot(...each) > 0)
        .map((each) => cosine(each, asked));
      if (Math.hypot(...asked) === 0 || cosines.length === 0) return assert.equal(near, null);
      assert.ok(Math.abs((near?.similarity ?? NaN) - Math.max(...cosines)) < 1e-5);
      assert.equal(Number(near?.key) % 2, 0);
      assert.equal(index.nearest("c", asked), null);
    }),
  );
});

test("STR-14 vectors of another length, and those without a direction, are near to nothing", () => {
  const index = new VectorIndex(() => 10);
  index.add("a", "1", [0, 0]);
  index.add("a", "2", [NaN, 1]);
  assert.equal(index.size, 0);
  index.add("a", "3", [1, 0, 0]);
  assert.equal(index.nearest("a", [1, 0]), null);
  assert.equal(index.nearest("a", [2, 0, 0])?.similarity, 1);
});

test("STR-14 what was asked longest ago goes first, by scope and in all", () => {
  const index = new VectorIndex(() => 3);
  for (const n of [1, 2, 3]) index.add(`scope ${n}`, `${n}`, [1, n]);
  index.add("scope 1", "4", [1, 4]);
  assert.equal(index.size, 3);
  assert.ok(!index.has("scope 2"));
  assert.ok(index.has("scope 1") && index.has("scope 3"));
  index.add("scope 1", "4", [0, 1]);
  assert.equal(index.size, 3, "a key has one vector");
  const wide = new VectorIndex(() => 1e6);
  for (let n = 0; n <= vectorsPerScope; n += 1) wide.add("a", `${n}`, [1, n]);
  assert.equal(wide.size, vectorsPerScope);
  assert.notEqual(wide.nearest("a", [1, 0])?.key, "0");
});
