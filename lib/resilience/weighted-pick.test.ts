import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pickByDraw, pickByKey, type Weighted } from "./weighted-pick.ts";

const of = (weights: Readonly<Record<string, number>>): Weighted[] =>
  Object.entries(weights).map(([name, weight]) => ({ name, weight }));

const keys = Array.from({ length: 20_000 }, (_, n) => `session-${n}`);

const fallsTo = (all: readonly Weighted[], salt = "s"): (string | undefined)[] =>
  keys.map((key) => pickByKey(all, salt, key)?.name);

const sharesOf = (names: readonly (string | undefined)[]): Record<string, number> => {
  const shares: Record<string, number> = {};
  for (const name of names) shares[name ?? ""] = (shares[name ?? ""] ?? 0) + 1 / names.length;
  return shares;
};

/** Five standard deviations and ten keys: fails by chance less than once in a million. */
const assertShare = (share: number | undefined, expected: number, count = keys.length): void => {
  const bound = 5 * Math.sqrt((expected * (1 - expected)) / count) + 10 / count;
  assert.ok(Math.abs((share ?? 0) - expected) <= bound, `${share} instead of ${expected}`);
};

for (const weights of [
  { a: 20, b: 80 },
  { a: 1, b: 99 },
  { a: 1, b: 1, c: 1 },
  { a: 0.5, b: 1, c: 6, d: 12.5 },
]) {
  test(`RTE-4 keys fall by weight: ${Object.values(weights).join(", ")}`, () => {
    const shares = sharesOf(fallsTo(of(weights)));
    const sum = Object.values(weights).reduce((one, other) => one + other, 0);
    for (const [name, weight] of Object.entries(weights)) assertShare(shares[name], weight / sum);
  });
}

const weight = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1_000, noNaN: true }));

test("RTE-4 a changed weight moves keys to that one or from it alone, no more than it must", () => {
  const weights = fc.tuple(weight, weight, weight);
  fc.assert(
    fc.property(weights, weight, fc.string(), (before, changed, salt) => {
      const [a, b, c] = before;
      fc.pre(b + c > 0);
      const some = keys.slice(0, 2_000);
      const was = of({ a, b, c });
      const is = of({ a: changed, b, c });
      let moved = 0;
      for (const key of some) {
        const from = pickByKey(was, salt, key)?.name;
        const to = pickByKey(is, salt, key)?.name;
        if (from === to) continue;
        moved++;
        assert.equal(changed > a ? to : from, "a");
      }
      const least = Math.abs(changed / (changed + b + c) - a / (a + b + c));
      assertShare(moved / some.length, least, some.length);
    }),
    { numRuns: 40 },
  );
});

test("RTE-4 another salt divides the same keys independently", () => {
  const all = of({ a: 1, b: 1 });
  const [one, other] = [fallsTo(all, "one"), fallsTo(all, "other")];
  const alike = one.filter((name, at) => name === other[at]).length / keys.length;
  assertShare(alike, 0.5);
});

test("RTE-4 where a key falls is the same for ever: assignments outlast a release", () => {
  const all = of({ fast: 80, quality: 20 });
  const found = ["a", "b", "c", "d", "e", "f", "g", "h", "日本", ""].map(
    (key) => pickByKey(all, "chat-ab", key)?.name,
  );
  const expected = "fast fast fast fast quality quality quality fast quality fast";
  assert.deepEqual(found, expected.split(" "));
});

test("RTE-4 what weighs nothing is never picked, and of nothing none is", () => {
  const all = of({ a: 0, b: 1, c: 0 });
  assert.ok(fallsTo(all).every((name) => name === "b"));
  for (const fraction of [0, 0.5, 1 - 2 ** -53]) {
    assert.equal(pickByDraw(all, fraction)?.name, "b");
  }
  assert.equal(pickByKey(of({ a: 0 }), "s", "k"), null);
  assert.equal(pickByDraw([], 0.3), null);
});

test("RTE-4 draws fall by weight, in the order of the list", () => {
  const all = of({ a: 20, b: 0, c: 80 });
  const at = (fraction: number) => pickByDraw(all, fraction)?.name;
  assert.deepEqual([0, 0.19, 0.2, 0.99, 1 - 2 ** -53].map(at), ["a", "a", "c", "c", "c"]);
});
