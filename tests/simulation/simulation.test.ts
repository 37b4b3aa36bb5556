import assert from "node:assert/strict";
import { test } from "node:test";
import { keptSeeds } from "./kept/kept-seeds.data.ts";
import { players, playGroup, playSeed, playSplits } from "./play-seed.ts";

/** A short run; `npm run sim` plays many more. */
const fewSeeds = Array.from({ length: 20 }, (_, index) => index + 1);

const assertHolds = async (seed: number): Promise<void> => {
  const { violation } = await playSeed(seed);
  assert.equal(violation?.message, undefined, `npm run sim -- --seed=${seed}`);
};

test("SIM-9 every invariant holds over some seeds", async () => {
  for (const seed of fewSeeds) await assertHolds(seed);
});

test("MON-8 one to three processes on the same budgets never overspend them", async () => {
  for (const seed of fewSeeds) {
    const { violation } = await playGroup(seed);
    assert.equal(violation?.message, undefined, `npm run sim -- --world=group --seed=${seed}`);
  }
});

test("RTE-4 processes divide calls as weights say, and bad arms lose theirs", async () => {
  for (const seed of fewSeeds.slice(0, 10)) {
    const { violation } = await playSplits(seed);
    assert.equal(violation?.message, undefined, `npm run sim -- --world=splits --seed=${seed}`);
  }
});

for (const { seed, world, found } of keptSeeds) {
  test(`kept seed ${seed} of a ${world}: ${found}`, async () => {
    const { violation } = await players[world](seed);
    assert.equal(violation?.message, undefined, `npm run sim -- --world=${world} --seed=${seed}`);
  });
}

test("SIM-7 the same seed takes the same course, another one another", async () => {
  const [first, again, other] = [await playSeed(7), await playSeed(7), await playSeed(8)];
  assert.equal(first.traceHash, again.traceHash);
  assert.equal(first.steps, again.steps);
  assert.notEqual(first.traceHash, other.traceHash);
  const [group, sameGroup] = [await playGroup(7), await playGroup(7)];
  assert.equal(group.traceHash, sameGroup.traceHash);
  const [split, sameSplit] = [await playSplits(7), await playSplits(7)];
  assert.equal(split.traceHash, sameSplit.traceHash);
});
