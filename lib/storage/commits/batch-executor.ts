import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ChainedRows } from "../chains/chained-rows.ts";
import { storageError } from "../storage-failure.ts";
import type { Durability, SqlValue } from "../writer.ts";
import type { Batch, BatchOutcome, BatchStatement, FailedUnit } from "./batch.ts";

/** How a batch becomes one transaction: a real one on a file, a savepoint in the fake. */
export interface Transactions {
  begin(durability: Durability): void;
  commit(): void;
  /** Undoes what `begin` started, even if SQLite has undone it already. */
  rollback(): void;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly chain: ChainedRows | null;
  /** Adds `manyRows` rows at once, where it adds rows to a chain. */
  readonly many: StatementSync | null;
}

/** One statement for so many rows takes 0.4 us less for each than one for each. */
const manyRows = 16;

/**
 * Runs batches on a connection. `step` is called at every point where a crash would leave another
 * state behind: before begin, after each row, before commit and after it.
 */
export class BatchExecutor {
  readonly #database: DatabaseSync;
  readonly #transactions: Transactions;
  readonly #step: () => void;
  #texts: BatchStatement[] = [];
  #statements: (Prepared | undefined)[] = [];
  /** By what seals them. */
  readonly #chains = new Map<string, ChainedRows>();

  constructor(database: DatabaseSync, transactions: Transactions, step: () => void) {
    this.#database = database;
    this.#transactions = transactions;
    this.#step = step;
  }

  /** Takes the batch's statement texts without running it. */
  learn(batch: Batch): void {
    if (batch.forgetStatements) {
      this.#texts = [];
      this.#statements = [];
    }
    for (const text of batch.newStatements) this.#texts.push(text);
  }

  run(batch: Batch): BatchOutcome {
    this.learn(batch);
    this.#step();
    for (const chain of this.#chains.values()) chain.reset();
    try {
      this.#transactions.begin(batch.durability);
    } catch (error) {
      return { kind: "transaction_failed", error: storageError(error) };
    }
    return batch.rowsOfUnit === null
      ? this.#runTogether(batch.rows)
      : this.#runApart(batch.rows, batch.rowsOfUnit);
  }

  #runTogether(rows: readonly SqlValue[]): BatchOutcome {
    try {
      for (let at = 0; at < rows.length;) at = this.#runMany(rows, at) ?? this.#runRow(rows, at);
    } catch (error) {
      this.#transactions.rollback();
      return { kind: "statement_failed", error: storageError(error) };
    }
    return this.#commit({ kind: "done" });
  }

  #runApart(rows: readonly SqlValue[], rowsOfUnit: readonly number[]): BatchOutcome {
    const failed: FailedUnit[] = [];
    let at = 0;
    for (const [unit, rowCount] of rowsOfUnit.entries()) {
      const next = skipRows(rows, at, rowCount);
      try {
        this.#runUnit(rows, at, next);
      } catch (error) {
        failed.push({ unit, error: storageError(error) });
        // Disk full and IO errors undo the whole transaction, and with it the units before.
        if (!this.#database.isTransaction) {
          this.#transactions.rollback();
          return { kind: "transaction_failed", error: storageError(error) };
        }
      }
      at = next;
    }
    return this.#commit(failed.length === 0 ? { kind: "done" } : { kind: "done_except", failed });
  }

  #runUnit(rows: readonly SqlValue[], from: number, to: number): void {
    this.#database.exec("SAVEPOINT unit");
    for (const chain of this.#chains.values()) chain.keep();
    try {
      for (let at = from; at < to;) at = this.#runRow(rows, at);
    } catch (error) {
      for (const chain of this.#chains.values()) chain.undo();
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK TO unit; RELEASE unit");
      throw error;
    }
    this.#database.exec("RELEASE unit");
  }

  #commit(outcome: BatchOutcome): BatchOutcome {
    this.#step();
    try {
      for (const chain of this.#chains.values()) chain.seal();
      this.#transactions.commit();
    } catch (error) {
      this.#transactions.rollback();
      return { kind: "transaction_failed", error: storageError(error) };
    }
    this.#step();
    return outcome;
  }

  /** The same for many rows of one chain in a row; null where there are not so many. */
  #runMany(rows: readonly SqlValue[], at: number): number | null {
    const { chain, many } = this.#statement(Number(rows[at]));
    if (chain === null || many === null) return null;
    const width = Number(rows[at + 1]);
    const next = at + manyRows * (2 + width);
    for (let row = at; row < next; row += 2 + width) {
      if (rows[row] !== rows[at] || rows[row + 1] !== width) return null;
    }
    const all: SqlValue[] = [];
    for (let row = at; row < next; row += 2 + width) {
      const params = rows.slice(row + 2, row + 2 + width);
      chain.add(params);
      all.push(...params);
    }
    many.run(...all);
    this.#step();
    return next;
  }

  /** Runs the row that starts there and returns where the next one does. */
  #runRow(rows: readonly SqlValue[], at: number): number {
    const first = at + 2;
    const next = first + Number(rows[at + 1]);
    const { statement, chain } = this.#statement(Number(rows[at]));
    const params = rows.slice(first, next);
    chain?.add(params);
    statement.run(...params);
    this.#step();
    return next;
  }

  #statement(number: number): Prepared {
    // Prepared at first use and not on arrival: a bad text then fails like any other statement.
    return (this.#statements[number] ??= this.#prepare(this.#texts[number] ?? ""));
  }

  #prepare(text: BatchStatement): Prepared {
    if (typeof text === "string") {
      return { statement: this.#database.prepare(text), chain: null, many: null };
    }
    const { sql, chain } = text;
    const rows = this.#chains.get(chain.sealSql) ?? new ChainedRows(this.#database, chain);
    this.#chains.set(chain.sealSql, rows);
    const many = this.#database.prepare(sql + `, ${chain.rowSql}`.repeat(manyRows - 1));
    return { statement: this.#database.prepare(sql), chain: rows, many };
  }
}

const skipRows = (rows: readonly SqlValue[], from: number, rowCount: number): number => {
  let at = from;
  for (let row = 0; row < rowCount; row++) at += 2 + Number(rows[at + 1]);
  return at;
};
