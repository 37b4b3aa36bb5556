import assert from "node:assert/strict";
import { test } from "node:test";
import { hunt } from "../play-seed.ts";
import { mutants } from "./roster.ts";

const mostSeeds = 100;

for (const mutant of mutants) {
  test(`SIM-7 the simulation finds ${mutant.name}: ${mutant.mistake}`, async () => {
    const found = await hunt(mutant, mostSeeds);
    assert.notEqual(found, null, `not caught in ${mostSeeds} seeds`);
  });
}
