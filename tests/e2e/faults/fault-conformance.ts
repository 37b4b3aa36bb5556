import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { FaultlessTexts } from "./ask.ts";
import { clientsOf } from "./clients/all-clients.ts";
import { FaultBooks } from "./fault-books.ts";
import { cellsOf, lonelyFault } from "./fault-cell.ts";
import { faultRows, type FaultRow } from "./fault-rows.ts";
import { FaultStage } from "./fault-stage.ts";
import { assertClosed } from "./assert-closed.ts";
import { awaitedFaults } from "./outcomes/usual.data.ts";
import { playCells } from "./play-cell.ts";
import type { Scene } from "./scene.ts";

/**
 * The matrix of one target: every fault of it and of the way to it, met by every client dialect, as
 * a stream and not, where the target is alone and where a second one is well.
 */
export function faultsOf(target: ContractTarget): void {
  let scene: Scene;
  before(async () => {
    const stage = await FaultStage.start(target);
    scene = { stage, texts: new FaultlessTexts(stage), books: new FaultBooks() };
  });
  after(() => scene.stage[Symbol.asyncDispose]());

  const testsOf = (rows: readonly FaultRow[]): void => {
    for (const row of rows) test(`RTE-7 ${row.name}`, () => assertRow(scene, target, row));
  };
  const lonely = faultRows.filter(({ name }) => name === lonelyFault);
  const awaited = faultRows.filter(({ name }) => awaitedFaults.has(name));
  const others = faultRows.filter((row) => !lonely.includes(row) && !awaited.includes(row));

  describe(`faults of ${target.name}`, { concurrency: 2 }, () => {
    // They wait more than they work.
    describe("ended by a time-out", { concurrency: 6 }, () => testsOf(awaited));
    describe("seen at once", { concurrency: 2 }, () => testsOf(others));
  });
  describe(`a connection of ${target.name} that is found closed`, () => testsOf(lonely));

  test("MON-14 the ledger's costs are the provider's, in sum and to the nano-USD", () =>
    scene.books.assertEqual());

  test("MON-10 no call is left open, and each has exactly one row of its own", () =>
    assertClosed(scene.stage));
}

async function assertRow(scene: Scene, target: ContractTarget, row: FaultRow): Promise<void> {
  const clients = clientsOf(target.api, scene.stage.gateway.key);
  const cells = cellsOf(row, { target, clients });
  const failed = await playCells(scene, cells);
  const told = [...failed].map(([name, error]) => `${name}: ${String(error)}`);
  assert.equal(told.length, 0, `${told.length} of ${cells.length} cells:\n${told.join("\n")}`);
}
