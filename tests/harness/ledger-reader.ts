import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { intentsAhead } from "./intents-ahead.ts";
import { rowColumns, type StoredRow } from "./ledger-file.ts";

/** How much stands in the books. */
export interface LedgerCounts {
  readonly openIntents: number;
  readonly calls: number;
  /** Rows of responses, which are not those of their attempts: one for each call. */
  readonly terminalRows: number;
}

const countsSql = `SELECT
  (SELECT count(*) FROM intents) AS openIntents,
  (SELECT count(DISTINCT id) FROM ledger) AS calls,
  (SELECT count(*) FROM ledger WHERE attempt = 0) AS terminalRows`;

/** Reads the books of a data folder again and again, one call at a time. */
export class LedgerReader implements Disposable {
  readonly #data: string;
  readonly #database: DatabaseSync;
  readonly #rowsOf: StatementSync;
  readonly #rowsOfSession: StatementSync;

  constructor(data: string) {
    this.#data = data;
    this.#database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
    this.#rowsOf = this.#database.prepare(
      `${rowColumns} FROM ledger WHERE id = ? ORDER BY attempt`,
    );
    this.#rowsOfSession = this.#database.prepare(
      `${rowColumns} FROM ledger WHERE session = ? ORDER BY id, attempt`,
    );
  }

  /** The rows of one call, the response's first; none while it is not in the books. */
  rowsOf(id: string): readonly StoredRow[] {
    // The columns are named and typed by the statement.
    return this.#rowsOf.all(id) as unknown as StoredRow[];
  }

  /** The rows of all calls whose client named this session. */
  rowsOfSession(session: string): readonly StoredRow[] {
    // The columns are named and typed by the statement.
    return this.#rowsOfSession.all(session) as unknown as StoredRow[];
  }

  /** Of one moment. */
  counts(): LedgerCounts {
    this.#database.exec("BEGIN");
    try {
      // The columns are named and typed by the statement.
      const row = this.#database.prepare(countsSql).get() as unknown as LedgerCounts;
      const ahead = intentsAhead(this.#data, this.#database);
      return { ...row, openIntents: row.openIntents + ahead };
    } finally {
      this.#database.exec("COMMIT");
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
