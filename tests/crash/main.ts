import { parseArgs } from "node:util";
import { countSteps } from "./crash-run.ts";
import { countGroupSteps, crashGroupAt } from "./group-crash.ts";
import { enumerate, sample, table } from "./enumerate.ts";

/**
 * `npm run test:crash:long`, or `node tests/crash/main.ts [--group] [--step=N | --samples=N]`:
 * kills a server at its durable steps and says what became of what it had acknowledged; with
 * `--group` one of two processes, then both. Exit code 1 when something was lost or doubled.
 */
const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    group: { type: "boolean", default: false },
    step: { type: "string" },
    samples: { type: "string", default: "24" },
  },
});

const width = 2;
const steps = await (values.group ? countGroupSteps() : countSteps());
const chosen =
  values.step === undefined
    ? sample(steps, values.all ? steps : Number(values.samples))
    : [Number(values.step)];
const bad = await (values.group ? badGroups() : badSteps());
console.log(`\n${steps} steps, ${chosen.length} crashes, ${bad} with problems`);
process.exitCode = bad === 0 ? 0 : 1;

async function badSteps(): Promise<number> {
  const results = await enumerate(chosen, { width });
  console.log(table(results));
  return results.filter(({ problems }) => problems.length > 0).length;
}

async function badGroups(): Promise<number> {
  let count = 0;
  for (const step of chosen) {
    try {
      await crashGroupAt(step);
    } catch (error) {
      count += 1;
      console.log(`step ${step}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return count;
}
