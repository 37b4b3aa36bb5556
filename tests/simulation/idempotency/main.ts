import { parseArgs } from "node:util";
import { OnceWorld } from "./once-world.ts";

/** `npm run sim:idempotency -- --seed=1 --cases=10000`: exit code 1 at the first violation. */
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
    await new OnceWorld(seed, null).play();
  } catch (error) {
    console.log(`seed ${seed}; again: npm run sim:idempotency -- --seed=${seed} --cases=1`);
    throw error;
  }
}
console.log(`${count} worlds held, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
