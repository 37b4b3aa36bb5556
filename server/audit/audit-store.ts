import type { ChainFindings } from "@sekisho/lib/storage/chains/verify-chain.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditDetails } from "./changed-value.ts";

/** A change as it is kept. */
export interface AuditRow {
  /** Rows of one writer are numbered 1, 2, 3 … and chained. */
  readonly writer: string;
  readonly seq: number;
  readonly atMs: number;
  readonly event: string;
  readonly object: string;
  readonly by: string;
  readonly requestId: string;
  /** Null: it has none, as those of before there were any. */
  readonly details: AuditDetails | null;
  readonly hash: Uint8Array;
  /** Where a page goes on behind this row. */
  readonly place: number;
}

export interface AuditQuery {
  readonly event: string | null;
  readonly object: string | null;
  readonly by: string | null;
  readonly sinceMs: number;
  /** From then on no change counts; null: all do. */
  readonly untilMs: number | null;
  /** The place of the last row of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** Where changes are kept. Rows are only added. */
export interface AuditStore {
  /** The row of a change, chained behind those of the same writer when it is committed. */
  append(entry: AuditEntry & { readonly atMs: number; readonly writer: string }): Write;
  /** The newest first. */
  list(query: AuditQuery): readonly AuditRow[];
  /** The row that a change has; undefined before it is committed. */
  rowOf(requestId: string, event: string): AuditRow | undefined;
  /** Walks the chain of every writer. */
  verify(): Promise<readonly ChainFindings[]>;
}
