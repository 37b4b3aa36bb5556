import type { CellTally } from "./cell-tally.ts";
import { lonelyFault, type FaultCell } from "./fault-cell.ts";
import type { FaultRow } from "./fault-rows.ts";
import { awaitedFaults } from "./outcomes/usual.data.ts";
import { playCells } from "./play-cell.ts";
import type { Scene } from "./scene.ts";
import { sideBySide } from "./side-by-side.ts";

/** Rows side by side: those that wait for a time-out, and the others. */
const awaitedWidth = 6;
const width = 2;

/** Each cell once. */
export async function playRound(
  scene: Scene,
  cells: ReadonlyMap<FaultRow, readonly FaultCell[]>,
  tally: Pick<CellTally, "add">,
): Promise<void> {
  const play = async (row: FaultRow): Promise<void> => {
    const played = cells.get(row) ?? [];
    tally.add(played, await playCells(scene, played));
  };
  const rows = [...cells.keys()];
  const lonely = rows.filter(({ name }) => name === lonelyFault);
  const awaited = rows.filter(({ name }) => awaitedFaults.has(name));
  const others = rows.filter((row) => !lonely.includes(row) && !awaited.includes(row));
  await Promise.all([sideBySide(awaited, awaitedWidth, play), sideBySide(others, width, play)]);
  await sideBySide(lonely, 1, play);
}
