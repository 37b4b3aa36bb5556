import type { RowChain } from "./row-chain.ts";

/** A value that SQLite keeps as it is. Integers beyond 2^53 travel as bigint. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/**
 * Writes with the same key that wait for the same transaction are folded into one: their numbers
 * are added. Only for additive upserts.
 */
export interface Fold {
  readonly key: string;
  /** The first parameter that is a number to add. */
  readonly from: number;
  /**
   * The first of the parameters behind them that are samples, numbers or null for none: the
   * database gets the histogram of all of them (telemetry/histogram.ts). Default: there are none.
   */
  readonly samples?: number;
}

/**
 * One durable change, made by a feature's store and opaque to the feature. Writes of one `commit`
 * are applied in order, in one transaction, or not at all.
 */
export interface Write {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  readonly fold?: Fold;
  /**
   * It breaks no constraint, whatever is stored, and its parameters are texts, finite numbers and
   * null: a commit of such writes alone needs no answer of the database.
   */
  readonly isCertain?: boolean;
  /**
   * What is run in its place where it went ahead of the database. A statement that looks whether
   * its process may write needs not do so there: what is in a log was kept in time (`AheadLogs`).
   * Default: `sql`.
   */
  readonly aheadSql?: string;
  readonly passing?: Passing;
  /**
   * Of the writes with this key that wait for the same transaction only the last one is sent: it
   * says all that those before it say. Default: each is sent.
   */
  readonly latest?: string;
  /** It adds a row that is chained. Always the same for one `sql`, and never of a certain write. */
  readonly chain?: RowChain;
}

/**
 * A row that one write makes and a later one removes: where both wait for the same transaction,
 * neither is sent. Nothing else may look at the row.
 */
export interface Passing {
  /** No two rows of any table have the same. */
  readonly key: string;
  readonly is: "made" | "removed";
}

/**
 * *process*: survives kill -9 (WAL, synchronous NORMAL). *power*: survives a power cut (FULL). A
 * batch takes the strongest level in it.
 */
export type Durability = "process" | "power";

/**
 * The seam at which the simulation enters: `sqlite-writer.ts` is real, `memory-writer.ts` the fake.
 */
export interface Writer {
  /**
   * Resolves when the writes are durable at that level. Rejects with Failure `storage_conflict`
   * when they break a constraint, and none was applied; else with `storage_unavailable`, and
   * after a restart they may be there or not. Where all writes are certain, readers may see them
   * 20 ms later than that.
   */
  commit(writes: readonly Write[], durability: Durability): Promise<void>;
  /**
   * Like `commit`, but nobody waits: applied within 20 ms, in the order of the calls of `enqueue`;
   * a later `commit` may overtake them. Tried again while the database is unavailable. The adapter
   * is told whom to report losses to.
   */
  enqueue(writes: readonly Write[]): void;
  /** Resolves when everything accepted so far is durable; rejects when some of it is not. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
