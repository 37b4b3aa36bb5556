import { drawGroup } from "./group/group-scenario.ts";
import { GroupWorld } from "./group/group-world.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { drawSplits } from "./splits/split-scenario.ts";
import { SplitWorld } from "./splits/split-world.ts";
import { drawScenario } from "./scenario/draw-scenario.ts";
import { World, type WorldOutcome } from "./world.ts";

/** Plays the world of a seed. */
export const playSeed = (seed: number, mutant: Mutant | null = null): Promise<WorldOutcome> =>
  new World(drawScenario(seed), mutant === null ? {} : { mutant }).play();

/** Plays the world of a seed in which several processes spend from the same budgets. */
export const playGroup = (seed: number, mutant: Mutant | null = null): Promise<WorldOutcome> =>
  new GroupWorld(drawGroup(seed), mutant).play();

/** Plays the world of a seed in which processes divide the calls of a split. */
export const playSplits = (seed: number, mutant: Mutant | null = null): Promise<WorldOutcome> =>
  new SplitWorld(drawSplits(seed), mutant).play();

/** Who plays the worlds of each kind. */
export const players = { gateway: playSeed, group: playGroup, splits: playSplits };

/** Plays the world of a seed, of any kind. */
export const playWorld = (
  kind: keyof typeof players,
  seed: number,
  mutant: Mutant | null = null,
): Promise<WorldOutcome> => players[kind](seed, mutant);

/** How a mutant was found in the seeds from 1 on; null when so many did not find it. */
export async function hunt(
  mutant: Mutant,
  mostSeeds: number,
): Promise<{ readonly seeds: number; readonly outcome: WorldOutcome } | null> {
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const outcome = await playWorld(mutant.world ?? "gateway", seed, mutant);
    if (outcome.violation !== null) return { seeds: seed, outcome };
  }
  return null;
}
