import { parseArgs } from "node:util";
import { countSteps } from "./crash-run.ts";
import { enumerate, sample, table } from "./enumerate.ts";

/**
 * `npm run test:crash:long`, or `node tests/crash/main.ts [--step=N | --samples=N]`: kills a server
 * at its durable steps and says what became of what it had acknowledged. Exit code 1 when something
 * was lost or doubled.
 */
const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    step: { type: "string" },
    samples: { type: "string", default: "24" },
  },
});

const width = 2;
const steps = await countSteps();
const chosen =
  values.step === undefined
    ? sample(steps, values.all ? steps : Number(values.samples))
    : [Number(values.step)];
const results = await enumerate(chosen, { width });
const bad = results.filter(({ problems }) => problems.length > 0);
console.log(table(results));
console.log(`\n${steps} steps, ${chosen.length} crashes, ${bad.length} with problems`);
process.exitCode = bad.length === 0 ? 0 : 1;
