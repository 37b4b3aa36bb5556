import assert from "node:assert/strict";
import { test } from "node:test";
import { countSteps } from "./crash-run.ts";
import { enumerate, sample, table } from "./enumerate.ts";

/** Of each half of the steps, unless the environment asks for all. */
const fewSteps = 8;
/** Servers that are killed and started at the same time. */
const width = 2;
const timeoutMs = 280_000;

/**
 * Crashes at every second step from `first` on: a few of them, spread evenly, or every one with
 * `SEKISHO_TEST_CRASH=all`.
 */
export const crashSuite = (first: 1 | 2): void => {
  test(
    "SIM-11 nothing acknowledged is lost or doubled wherever the process is killed",
    { timeout: timeoutMs },
    async (t) => {
      const steps = await countSteps();
      assert.ok(steps >= 50, `the workload takes ${steps} steps`);
      const half = Math.floor((steps - first) / 2) + 1;
      const count = process.env["SEKISHO_TEST_CRASH"] === "all" ? half : fewSteps;
      const chosen = sample(half, count).map((each) => first + 2 * (each - 1));
      const results = await enumerate(chosen, { width });
      const bad = results.filter(({ problems }) => problems.length > 0);
      t.diagnostic(table(results));
      assert.equal(bad.length, 0, `\n${table(bad)}`);
      const killed = results.filter(({ killedIn }) => killedIn !== null);
      assert.ok(killed.length >= results.length - 4, "nearly every step kills the process");
    },
  );
};
