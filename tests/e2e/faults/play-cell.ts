import assert from "node:assert/strict";
import { ask } from "./ask.ts";
import { assertAnswer, isServedByFar } from "./check-answer.ts";
import { assertBooks } from "./check-books.ts";
import { lonelyFault, nameOf, type FaultCell } from "./fault-cell.ts";
import { modelNames, patient } from "./fault-config.ts";
import type { FaultRowName } from "./outcomes/fault-outcome.ts";
import type { Scene } from "./scene.ts";
import { sideBySide } from "./side-by-side.ts";

/** Asks once, and holds what comes back, the ledger and the provider's bill against the table. */
export async function playCell(scene: Scene, cell: FaultCell): Promise<void> {
  const { stage, texts } = scene;
  const { row, client, stream, route } = cell;
  if (row.name === lonelyFault) {
    await ask(stage, { client, model: modelNames.well(row.tokens), stream });
  }
  // Completions have no tools: there the fault is none.
  const tool = row.name === "cut-tool-json" && client.surface !== "openai.completions";
  const asked = { client, model: modelNames[route](row.name, stream), stream, tool };
  const startedMs = performance.now();
  const met = await ask(stage, asked);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < patient.firstTokenMs, `${tookMs} ms: a timer has not ended it`);
  // The two ends of a connection may disagree about what came first.
  const cause = met.headers.get("x-sekisho-cause");
  const outcome = cell.outcomes.find((each) => each === cause) ?? cell.outcomes[0] ?? "whole";
  const text = isServedByFar(cell, outcome)
    ? await texts.far(client)
    : await texts.near(client, row.tokens);
  assertAnswer(cell, outcome, { asked, met, text });
  await assertBooks(scene, cell, { outcome, met });
}

/** So much work for the gateway that others of its kind would wait for it. */
const heavyFaults: ReadonlySet<string> = new Set<FaultRowName>(["huge-line", "many-headers"]);
const heavyWidth = 4;

const widthOf = ({ row: { name } }: FaultCell): number => {
  if (name === lonelyFault) return 1;
  return heavyFaults.has(name) ? heavyWidth : Infinity;
};

/** Plays the cells of a row side by side, as far as it allows; what failed, by the cell's name. */
export async function playCells(
  scene: Scene,
  cells: readonly FaultCell[],
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  const play = (cell: FaultCell): Promise<void> =>
    playCell(scene, cell).catch((error: unknown) => void failed.set(nameOf(cell), error));
  const [first] = cells;
  if (first !== undefined) await sideBySide(cells, widthOf(first), play);
  return failed;
}
