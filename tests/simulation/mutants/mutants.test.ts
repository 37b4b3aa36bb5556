import assert from "node:assert/strict";
import { test } from "node:test";
import { hunt, playWorld } from "../play-seed.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./roster.ts";
import { tellingSeeds } from "./telling-seeds.data.ts";

const mostSeeds = 100;

/** In the world that showed it before, or else in any. */
async function isFound(mutant: Mutant): Promise<boolean> {
  const { name, world = "gateway" } = mutant;
  const seed = tellingSeeds[name];
  const told = seed === undefined ? null : await playWorld(world, seed, mutant);
  return (told?.violation ?? null) !== null || (await hunt(mutant, mostSeeds)) !== null;
}

for (const mutant of mutants) {
  test(`SIM-7 the simulation finds ${mutant.name}: ${mutant.mistake}`, async () => {
    assert.ok(await isFound(mutant), `not caught in ${mostSeeds} seeds`);
  });
}

test("SIM-7 a seed that is tried first is one of those, of a mutant that there is", () => {
  const names = new Set(mutants.map(({ name }) => name));
  for (const [name, seed] of Object.entries(tellingSeeds)) {
    assert.ok(names.has(name), name);
    assert.ok(seed >= 1 && seed <= mostSeeds, `${name}: ${seed}`);
  }
});

/** Else a mutant would be found for what is wrong without it. */
test("SIM-7 the worlds that are tried first hold without a mutant", async () => {
  const worlds = new Map(
    mutants.flatMap(({ name, world = "gateway" }) => {
      const seed = tellingSeeds[name];
      return seed === undefined ? [] : [[`${world} ${seed}`, { world, seed }]];
    }),
  );
  for (const [name, { world, seed }] of worlds) {
    const { violation } = await playWorld(world, seed);
    assert.equal(violation?.message, undefined, name);
  }
});
