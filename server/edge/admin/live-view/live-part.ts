import type { RecentFrame } from "@sekisho/gateway/observe/recent-calls.ts";
import type { CircuitChange, CircuitView } from "@sekisho/wire/admin/circuits.ts";

/** The circuits of one process; `process` is its place among several, null where it is alone. */
export interface CircuitsPart {
  readonly process: number | null;
  readonly circuits: readonly CircuitView[];
  /** Those that are remembered, oldest first; `atMs` is epoch milliseconds. */
  readonly changes: readonly CircuitChange[];
}

/** What one process says to those who watch. */
export interface LivePart extends CircuitsPart {
  readonly recent: RecentFrame;
  readonly running: number;
}

/** What several processes say, the one that was asked first. */
export interface Gathered<Part> {
  readonly parts: readonly [own: Part, ...others: Part[]];
  /** Has each of them answered? */
  readonly isWhole: boolean;
}
