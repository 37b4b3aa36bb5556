import { drawGroup } from "./group/group-scenario.ts";
import { GroupWorld } from "./group/group-world.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { drawScenario } from "./scenario/draw-scenario.ts";
import { World, type WorldOutcome } from "./world.ts";

/** Plays the world of a seed. */
export const playSeed = (seed: number, mutant: Mutant | null = null): Promise<WorldOutcome> =>
  new World(drawScenario(seed), mutant === null ? {} : { mutant }).play();

/** Plays the world of a seed in which several processes spend from the same budgets. */
export const playGroup = (seed: number, mutant: Mutant | null = null): Promise<WorldOutcome> =>
  new GroupWorld(drawGroup(seed), mutant).play();

/** How a mutant was found; null when so many seeds did not find it. */
export async function hunt(
  mutant: Mutant,
  mostSeeds: number,
): Promise<{ readonly seeds: number; readonly outcome: WorldOutcome } | null> {
  const play = mutant.world === "group" ? playGroup : playSeed;
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const outcome = await play(seed, mutant);
    if (outcome.violation !== null) return { seeds: seed, outcome };
  }
  return null;
}
