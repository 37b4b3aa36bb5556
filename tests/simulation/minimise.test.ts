import assert from "node:assert/strict";
import { test } from "node:test";
import { minimise } from "./minimise.ts";
import { mutants } from "./mutants/roster.ts";
import { hunt } from "./play-seed.ts";
import { drawScenario } from "./scenario/draw-scenario.ts";

test("SIM-7 a failing seed is made smaller and breaks the same rule", async () => {
  const mutant = mutants.find(({ name }) => name === "no-recovery") ?? null;
  assert.ok(mutant !== null);
  const found = await hunt(mutant, 100);
  const violation = found?.outcome.violation ?? null;
  assert.ok(found !== null && violation !== null);
  const scenario = drawScenario(found.outcome.seed);
  const smallest = await minimise(scenario, violation.rule, mutant);
  assert.equal(smallest.outcome.violation?.rule, violation.rule);
  assert.ok(smallest.scenario.requests.length <= 3, "a call and a crash are enough");
  assert.ok(smallest.outcome.trace.length > 0);
});
