import assert from "node:assert/strict";
import { test } from "node:test";
import { randomConformance } from "./random-conformance.ts";
import { SeededRandom } from "./seeded-random.ts";

const first = (random: SeededRandom, count = 4): number[] =>
  Array.from({ length: count }, () => random.uint32());

randomConformance("SeededRandom", () => new SeededRandom(1));

test("a seed gives these draws for ever: recorded traces depend on it", () => {
  assert.deepEqual(
    first(new SeededRandom(0)),
    [2_510_686_283, 3_676_749_372, 3_743_566_884, 285_050_633],
  );
  assert.deepEqual(
    first(new SeededRandom(42)),
    [3_020_111_964, 3_868_542_983, 2_655_547_202, 3_525_853_825],
  );
  assert.deepEqual(
    first(new SeededRandom(Number.MAX_SAFE_INTEGER)),
    [879_855_237, 2_048_721_570, 248_993_497, 2_159_392_029],
  );
  assert.equal(new SeededRandom(42).float(), 0.7031746126764666);
  assert.equal(new SeededRandom(42).bytes(7).toString("hex"), "5c4003b4074895");
  assert.deepEqual(
    first(new SeededRandom(42).fork("network")),
    [745_354_505, 506_094_636, 2_008_920_802, 2_808_314_797],
  );
});

test("neighbouring seeds have nothing in common", () => {
  const seeds = Array.from({ length: 1_000 }, (_, seed) => seed);
  const seen = new Set(seeds.flatMap((seed) => first(new SeededRandom(seed))));
  assert.ok(seen.size > 3_995, `${seen.size} of 4000 draws differ`);
});

test("seeds that differ only above 2^32 differ", () => {
  assert.notDeepEqual(first(new SeededRandom(7)), first(new SeededRandom(7 + 2 ** 32)));
});

test("a fork depends on seed and label, not on what was drawn before", () => {
  const fresh = new SeededRandom(3);
  const used = new SeededRandom(3);
  used.bytes(100);
  assert.deepEqual(first(fresh.fork("a")), first(used.fork("a")));
  assert.notDeepEqual(first(fresh.fork("a")), first(fresh.fork("b")));
  assert.notDeepEqual(first(fresh.fork("a")), first(new SeededRandom(4).fork("a")));
  assert.notDeepEqual(first(fresh.fork("a").fork("b")), first(fresh.fork("b").fork("a")));
});
