import { formatTable, type Column } from "@sekisho/server/cli/table.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { FaultlessTexts } from "./ask.ts";
import { assertClosed } from "./assert-closed.ts";
import { cutColumns } from "../cuts/cut-books.ts";
import { playAllCuts } from "../cuts/play-all-cuts.ts";
import { CellTally } from "./cell-tally.ts";
import { clientsOf } from "./clients/all-clients.ts";
import { FaultBooks, type BookLine } from "./fault-books.ts";
import { cellsOf } from "./fault-cell.ts";
import { faultRows } from "./fault-rows.ts";
import { FaultStage } from "./fault-stage.ts";
import { readOptions, type FaultOptions } from "./options.ts";
import { playRound } from "./play-round.ts";

/**
 * `npm run test:bill`: every cell of the fault matrix once, and every answer cut behind each of its
 * events; tables of what the providers billed and what the operator's ledger says (MON-16). With
 * `--fault` that fault alone. Exit code 1 when a cell differs or fails, 2 when the command line is
 * wrong.
 */

const columns: readonly Column[] = [
  { title: "TARGET", align: "left" },
  { title: "FAULT", align: "left" },
  { title: "ANSWER", align: "left" },
  { title: "ATTEMPTS", align: "right" },
  { title: "BILLED NANO-USD", align: "right" },
  { title: "BOOKED NANO-USD", align: "right" },
  { title: "DIFFERENCE", align: "right" },
  { title: "NOT COMPARED", align: "right" },
];

const rowOf = (target: string, line: Readonly<BookLine>): readonly string[] => [
  target,
  line.fault,
  line.isStream ? "streamed" : "whole",
  String(line.compared),
  String(line.billedNanoUsd),
  String(line.bookedNanoUsd),
  String(line.bookedNanoUsd - line.billedNanoUsd),
  String(line.left),
];

interface Played {
  readonly books: FaultBooks;
  /** What failed, cell by cell. */
  readonly failed: readonly string[];
}

async function playTarget(target: ContractTarget, { rows }: FaultOptions): Promise<Played> {
  await using stage = await FaultStage.start(target);
  const books = new FaultBooks();
  const scene = { stage, texts: new FaultlessTexts(stage), books };
  const clients = clientsOf(target.api, stage.gateway.key);
  const cells = new Map(rows.map((row) => [row, cellsOf(row, { target, clients })]));
  const tally = new CellTally();
  await playRound(scene, cells, tally);
  await assertClosed(stage);
  return { books, failed: tally.lines(target.name, false) };
}

/** Prints the table of the matrix; whether both books are one. */
async function matrixIsEqual(options: FaultOptions): Promise<boolean> {
  const table: (readonly string[])[] = [];
  const failed: string[] = [];
  let [compared, billed, booked] = [0, 0n, 0n];
  for (const target of options.targets) {
    console.error(`${target.name} …`);
    const played = await playTarget(target, options);
    failed.push(...played.failed);
    for (const line of played.books.lines) {
      table.push(rowOf(target.name, line));
      compared += line.compared;
      billed += line.billedNanoUsd;
      booked += line.bookedNanoUsd;
    }
  }
  console.log(formatTable(columns, table));
  console.log(
    `${compared} attempts: ${billed} nano-USD billed, ${booked} booked, ` +
      `${booked - billed} difference; ${failed.length} lines of failures`,
  );
  for (const line of failed) console.log(line);
  return failed.length === 0 && booked === billed;
}

/** The same for answers that are cut. */
async function cutsAreEqual({ targets }: FaultOptions): Promise<boolean> {
  console.error("cuts …");
  const books = await playAllCuts(targets);
  console.log(`\n${formatTable(cutColumns, books.rows)}`);
  console.log(
    `${books.cuts} cuts; ${books.differing.length} of them booked otherwise than by rule`,
  );
  for (const line of books.differing) console.log(line);
  return books.differing.length === 0;
}

async function main(options: FaultOptions): Promise<void> {
  const isEqual = await matrixIsEqual(options);
  const isCut = options.rows.length < faultRows.length || (await cutsAreEqual(options));
  process.exitCode = isEqual && isCut ? 0 : 1;
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
