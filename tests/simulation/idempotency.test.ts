import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemRandom } from "@sekisho/lib/random/system-random.ts";
import { onceMutants } from "./idempotency/once-mutants.ts";
import { OnceWorld } from "./idempotency/once-world.ts";

const seeds = 150;
const mostSeeds = 100;

test("STR-13 whatever happens a name is one call, and the same for all", async () => {
  const first = new SystemRandom().uint32();
  for (let seed = first; seed < first + seeds; seed += 1) {
    try {
      await new OnceWorld(seed, null).play();
    } catch (error) {
      throw new Error(`npm run sim:idempotency -- --seed=${seed} --cases=1`, { cause: error });
    }
  }
});

for (const mutant of onceMutants) {
  test(`SIM-7 worlds of names find ${mutant.name}: ${mutant.mistake}`, async () => {
    for (let seed = 1; seed <= mostSeeds; seed += 1) {
      try {
        await new OnceWorld(seed, mutant).play();
      } catch {
        return;
      }
    }
    assert.fail(`not caught in ${mostSeeds} seeds`);
  });
}
