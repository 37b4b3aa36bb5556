import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "./enumerate.ts";
import { countGroupSteps, crashGroupAt } from "./group-crash.ts";

/** `node tests/crash/main.ts --group` takes as many as it is asked for. */
const fewSteps = 4;

test("SIM-11 nothing is lost or doubled where one of two is killed, then both", async (t) => {
  const steps = await countGroupSteps();
  assert.ok(steps >= 50, `the first process takes ${steps} steps`);
  for (const step of sample(steps, fewSteps)) {
    t.diagnostic(`step ${step} of ${steps}`);
    await crashGroupAt(step);
  }
});
