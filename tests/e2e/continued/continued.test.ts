import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertClosed } from "../faults/assert-closed.ts";
import { ContinuedStage, continuedFaults } from "./continued-stage.ts";
import { allContinuedWays, playFault } from "./play-continued.ts";

let stage: ContinuedStage;
before(async () => {
  stage = await ContinuedStage.start();
});
after(() => stage[Symbol.asyncDispose]());

for (const row of continuedFaults) {
  const where = row.afterTokens === 0 ? "at first" : `after ${row.afterTokens} of 60 tokens`;
  test(`RTE-12 ${row.fault} ${where}: the answer is whole, its cost exact`, async () => {
    const ways = allContinuedWays(stage.gateway.key);
    assert.ok(ways.length > 25);
    assert.deepEqual(await playFault(stage, ways, row), []);
  });
}

test("RTE-12 a user's turn that asks for the rest gets it as well", async () => {
  const [row = assert.fail()] = continuedFaults;
  assert.deepEqual(await playFault(stage, allContinuedWays(stage.gateway.key, "turn"), row), []);
});

test("MON-10 no call is left open, and each has exactly one row of its own", async () => {
  await assertClosed(stage);
});
