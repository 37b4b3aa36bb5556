import assert from "node:assert/strict";
import { test } from "node:test";
import { keptSeeds } from "./kept-seeds.data.ts";
import { playSeed } from "./play-seed.ts";

/** A short run; `npm run sim` plays many more. */
const fewSeeds = Array.from({ length: 20 }, (_, index) => index + 1);

const assertHolds = async (seed: number): Promise<void> => {
  const { violation } = await playSeed(seed);
  assert.equal(violation?.message, undefined, `npm run sim -- --seed=${seed}`);
};

test("SIM-9 every invariant holds over some seeds", async () => {
  for (const seed of fewSeeds) await assertHolds(seed);
});

for (const [index, { seed, found }] of keptSeeds.entries()) {
  test(`kept seed ${index + 1} (${seed}): ${found}`, () => assertHolds(seed));
}

test("SIM-7 the same seed takes the same course, another one another", async () => {
  const [first, again, other] = [await playSeed(7), await playSeed(7), await playSeed(8)];
  assert.equal(first.traceHash, again.traceHash);
  assert.equal(first.steps, again.steps);
  assert.notEqual(first.traceHash, other.traceHash);
});
