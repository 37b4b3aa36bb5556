import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import type { SplitChangeRow } from "@sekisho/gateway/splits/split-store.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { RarePath } from "../base/sometimes.data.ts";
import type { Sometimes } from "../base/sometimes.ts";
import {
  checkFound,
  checkJustified,
  checkRolledBack,
  checkShares,
  checkSteps,
  checkSticky,
  checkWeights,
  type PlayedSplit,
} from "./split-check.ts";
import { checkAudited, checkRows, type ToldCall } from "./split-rows.ts";

/** All that is left of a world of splits. */
export interface SplitRemains extends PlayedSplit {
  readonly rows: readonly SplitChangeRow[];
  readonly reader: Reader;
  readonly arms: ArmBooks;
  readonly told: readonly ToldCall[];
  readonly sometimes: Sometimes;
}

/** Everything that must hold of a split and its arms (RTE-4). */
export function checkSplit(remains: SplitRemains): void {
  checkAudited(remains.reader, remains.rows);
  checkWeights(remains);
  checkSticky(remains);
  checkShares(remains);
  checkRolledBack(remains);
  checkJustified(remains);
  checkSteps(remains);
  checkFound(remains);
  checkRows(remains.reader, remains.arms, remains.told);
  for (const path of pathsIn(remains)) remains.sometimes.reached(path);
}

function pathsIn({ phases, scenario }: SplitRemains): RarePath[] {
  return phases.flatMap(({ row }, n): RarePath[] => {
    if (row === null) return [];
    const isCanary = (phases[n - 1]?.state.canary ?? null) !== null;
    if (row.event === "rolled_back" && row.by === "automatic") {
      if (scenario.spells.some(({ arm }) => arm === null)) return ["arm rolled back in an outage"];
      return [isCanary ? "bad canary rolled back" : "bad arm rolled back"];
    }
    if (row.event === "stepped" && row.by === "automatic") return ["canary stepped by itself"];
    if (row.event === "completed") return ["canary reached all its calls"];
    return row.event === "weighted" ? ["weights set while calls were made"] : [];
  });
}
