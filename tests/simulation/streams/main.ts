import { parseArgs } from "node:util";
import { playStream } from "./play-stream.ts";

/** `npm run sim:streams -- --seed=1 --cases=10000`: exit code 1 at the first that breaks a rule. */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    cases: { type: "string", default: "10000" },
  },
});

const first = Number(values.seed);
const count = Number(values.cases);
const startedMs = performance.now();
for (let seed = first; seed < first + count; seed += 1) {
  try {
    await playStream(seed);
  } catch (error) {
    console.log(`seed ${seed} broke STR-4; again: npm run sim:streams -- --seed=${seed} --cases=1`);
    throw error;
  }
}
console.log(`${count} streams held, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
