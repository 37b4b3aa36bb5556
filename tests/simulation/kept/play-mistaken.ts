import { join } from "node:path";
import { loadEdited } from "./edited-source.ts";
import { keptSeeds } from "./kept-seeds.data.ts";

/** `play-mistaken.ts PLACE SEED…`: a line for each seed that finds the mistake of the kept one. */
const [place = -1, ...seeds] = process.argv.slice(2).map(Number);
const kept = keptSeeds[place];
if (kept === undefined) throw new Error(`Cannot play kept seed ${place}: there is none`);
loadEdited(join(import.meta.dirname, "../../.."), kept.mistake);
// Loaded before the edits, the modules would be without them.
const { players } = await import("../play-seed.ts");
for (const seed of seeds) {
  const { violation } = await players[kept.world](seed);
  if (violation !== null) console.log(`${seed} broke ${violation.message.slice(0, 200)}`);
}
