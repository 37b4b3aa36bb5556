import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { FaultlessTexts } from "./ask.ts";
import { assertClosed } from "./assert-closed.ts";
import { clientsOf } from "./clients/all-clients.ts";
import { FaultBooks } from "./fault-books.ts";
import { cellsOf } from "./fault-cell.ts";
import { FaultStage } from "./fault-stage.ts";
import { readOptions, type FaultOptions } from "./options.ts";
import { playRound } from "./play-round.ts";
import { CellTally } from "./cell-tally.ts";

/**
 * `npm run faults:long`: plays every cell of the fault matrix many times and prints a table of
 * `cell, n, ok`. Exit code 1 when a cell failed once, or the books are not the bill; 2 when the
 * command line is wrong.
 */

async function playTarget(
  target: ContractTarget,
  { times, rows, cells: showsCells }: FaultOptions,
): Promise<boolean> {
  await using stage = await FaultStage.start(target);
  const scene = { stage, texts: new FaultlessTexts(stage), books: new FaultBooks() };
  const clients = clientsOf(target.api, stage.gateway.key);
  const cells = new Map(rows.map((row) => [row, cellsOf(row, { target, clients })]));
  const tally = new CellTally();
  const startedMs = performance.now();
  for (let round = 1; round <= times; round += 1) {
    await playRound(scene, cells, tally);
    // Its journal has room for one round.
    stage.gateway.simulator.reset();
    if (round % 10 === 0) console.error(`${target.name}: ${round} of ${times}`);
  }
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  for (const line of tally.lines(target.name, showsCells)) console.log(line);
  console.log(
    `${target.name}: ${tally.ok} of ${tally.n} in ${tally.cells} cells, ${stage.asked} calls, ` +
      `${scene.books.compared} attempts billed as booked, ${scene.books.billedNanoUsd} nano-USD, ` +
      `${seconds} s`,
  );
  await assertClosed(stage);
  return tally.ok === tally.n;
}

async function main(options: FaultOptions): Promise<void> {
  let isGood = true;
  console.log("cell\tn\tok");
  for (const target of options.targets) {
    if (!(await playTarget(target, options))) isGood = false;
  }
  process.exitCode = isGood ? 0 : 1;
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
