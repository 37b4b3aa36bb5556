import { assertClosed } from "../faults/assert-closed.ts";
import { ContinuedStage, continuedFaults } from "./continued-stage.ts";
import { allContinuedWays, playFault } from "./play-continued.ts";

/**
 * `npm run continued:long -- [rounds]`: every dialect to every dialect through every fault of a
 * stream that is continued (RTE-12), 100 times each unless told. Exit code 1 when a text, a row or
 * a cost differs.
 */
const rounds = Number(process.argv[2] ?? 100);
await using stage = await ContinuedStage.start();
const ways = allContinuedWays(stage.gateway.key);
const problems: string[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const row of continuedFaults) {
    stage.beginRound();
    problems.push(...(await playFault(stage, ways, row)));
  }
  console.error(`round ${round} of ${rounds}: ${stage.asked} streams, ${problems.length} differ`);
}
await assertClosed(stage);
for (const line of problems) console.log(line);
console.log(`${stage.asked} streams, ${problems.length} differ`);
process.exitCode = problems.length === 0 ? 0 : 1;
