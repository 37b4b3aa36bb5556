import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { SplitEvent } from "@sekisho/wire/admin/splits.ts";
import type { SplitState } from "./split-state.ts";

/** A change of a split as it is kept. */
export interface SplitChangeRow {
  readonly atMs: number;
  readonly split: string;
  /** That it began. */
  readonly phase: number;
  readonly event: SplitEvent;
  readonly arm: string | null;
  /** Who did it: see `AuditEntry`. */
  readonly by: string;
  /** Under which the audit log has it. */
  readonly requestId: string;
  readonly words: string;
}

/** Where it is kept what is in force of splits. */
export interface SplitStore {
  /** Grows with each change, whichever process made it. */
  changes(): number;
  /** What is in force, by the names of splits; those that nobody has changed are not there. */
  states(): ReadonlyMap<string, SplitState>;
  /** Conflicts where the state that it was made of is not in force any more. */
  put(state: SplitState, row: SplitChangeRow): readonly Write[];
  /** The latest changes, the newest first; of one split, or of all. */
  latest(split: string | null, limit: number): readonly SplitChangeRow[];
}
