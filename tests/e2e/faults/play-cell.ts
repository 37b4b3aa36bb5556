import assert from "node:assert/strict";
import { ask } from "./ask.ts";
import { assertAnswer, isServedByFar } from "./check-answer.ts";
import { assertBooks } from "./check-books.ts";
import { lonelyFault, nameOf, type FaultCell } from "./fault-cell.ts";
import { modelNames, patient } from "./fault-config.ts";
import type { Scene } from "./scene.ts";

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

/** Plays cells side by side, a lonely fault's one by one; what failed, by the cell's name. */
export async function playCells(
  scene: Scene,
  cells: readonly FaultCell[],
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  const play = (cell: FaultCell): Promise<void> =>
    playCell(scene, cell).catch((error: unknown) => void failed.set(nameOf(cell), error));
  if (cells[0]?.row.name === lonelyFault) for (const cell of cells) await play(cell);
  else await Promise.all(cells.map(play));
  return failed;
}
