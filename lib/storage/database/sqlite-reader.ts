import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Reader, Row } from "../reader.ts";
import { storageError, storageFailure } from "../storage-failure.ts";
import type { SqlValue } from "../writer.ts";
import { openForReading } from "./open-database.ts";

/** Prepared statements kept; the least recently used goes first. */
const maxStatements = 256;

type Read = (statement: StatementSync) => Row[];

/**
 * Reads from a connection. Integers are numbers up to 2^53 and bigint beyond. Whatever SQLite
 * throws becomes Failure `storage_unavailable`.
 */
export class SqliteReader implements Reader, Disposable {
  readonly #database: DatabaseSync;
  readonly #onClose: () => void;
  /** In the order of last use. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, onClose: () => void) {
    this.#database = database;
    this.#onClose = onClose;
  }

  /** Opens an existing database file. It sees each commit of any process as soon as it is made. */
  static open(path: string): SqliteReader {
    try {
      const database = openForReading(path);
      return new SqliteReader(database, () => database.close());
    } catch (error) {
      throw storageFailure(`open ${path} for reading`, storageError(error));
    }
  }

  all(sql: string, params: readonly SqlValue[] = []): Row[] {
    return this.#read(sql, (statement) => statement.all(...params));
  }

  get(sql: string, params: readonly SqlValue[] = []): Row | undefined {
    const rows = this.#read(sql, (statement) => {
      const row = statement.get(...params);
      return row === undefined ? [] : [row];
    });
    return rows[0];
  }

  /** Reading afterwards throws. */
  close(): void {
    this.#statements.clear();
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #read(sql: string, read: Read): Row[] {
    try {
      const statement = this.#statement(sql);
      try {
        return read(statement);
      } catch (error) {
        if (!isIntegerTooLarge(error)) throw error;
        return readBigIntegers(statement, read);
      }
    } catch (error) {
      throw storageFailure("read", storageError(error));
    }
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > maxStatements) {
      const [oldest = sql] = this.#statements.keys();
      this.#statements.delete(oldest);
    }
    return statement;
  }
}

const isIntegerTooLarge = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_OUT_OF_RANGE";

/** The slow way, for the few results that hold an integer beyond 2^53. */
const readBigIntegers = (statement: StatementSync, read: Read): Row[] => {
  statement.setReadBigInts(true);
  try {
    return read(statement).map(narrowRow);
  } finally {
    statement.setReadBigInts(false);
  }
};

const narrowRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, narrow(value)]));

const narrow = (value: SqlValue): SqlValue => {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
