import type { RowChain } from "../row-chain.ts";
import type { StorageError } from "../storage-failure.ts";
import type { Durability, SqlValue } from "../writer.ts";

/** A text; with its chain, where it adds rows to one. */
export type BatchStatement = string | { readonly sql: string; readonly chain: RowChain };

/** What one transaction is to do, in a form that crosses to another thread cheaply. */
export interface Batch {
  readonly durability: Durability;
  /** True when the numbers given to statements so far are void and start again at 0. */
  readonly forgetStatements: boolean;
  /** What the receiver has not seen, numbered on from what it has. */
  readonly newStatements: readonly BatchStatement[];
  /**
   * Row by row: the statement's number, how many parameters follow, the parameters. One flat
   * array clones three times faster than an object for each row.
   */
  readonly rows: readonly SqlValue[];
  /**
   * Null: the rows stand or fall together. Else how many rows each commit has; one that fails is
   * undone alone.
   */
  readonly rowsOfUnit: readonly number[] | null;
}

export type BatchOutcome =
  | { readonly kind: "done" }
  /** One statement failed; nothing was applied. Sent apart, the innocent pass. */
  | { readonly kind: "statement_failed"; readonly error: StorageError }
  /** The transaction could not begin or end; nothing is known to be applied. */
  | { readonly kind: "transaction_failed"; readonly error: StorageError }
  /** Everything else than these units was applied. */
  | { readonly kind: "done_except"; readonly failed: readonly FailedUnit[] };

export interface FailedUnit {
  /** Its place in `rowsOfUnit`. */
  readonly unit: number;
  readonly error: StorageError;
}
