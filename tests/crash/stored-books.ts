import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The row of one response. */
export interface ResponseRow {
  readonly id: string;
  readonly user: string;
  readonly key: string;
  readonly outcome: string;
  readonly costNanoUsd: number;
}

/** What the file says of money and calls. */
export interface StoredBooks {
  readonly responses: readonly ResponseRow[];
  readonly openIntents: number;
  /** Attempt rows of calls that have no response row. */
  readonly orphans: number;
  /** By account, over all windows. */
  readonly spent: ReadonlyMap<string, number>;
}

const responsesSql = `SELECT id, user, key, outcome, cost_nano_usd AS costNanoUsd
  FROM ledger WHERE attempt = 0 ORDER BY id`;
const orphansSql = `SELECT count(DISTINCT id) AS n FROM ledger AS one WHERE NOT EXISTS
  (SELECT 1 FROM ledger WHERE id = one.id AND attempt = 0)`;
const spentSql = `SELECT account, sum(spent_nano_usd) AS spent FROM budget_spent GROUP BY account`;

/** Reads the books of a data folder past the server that writes them. */
export function readBooks(data: string): StoredBooks {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  // One view of the file for all that is read.
  database.exec("BEGIN");
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  const spent = database.prepare(spentSql).all();
  return {
    // The statement names and types the columns.
    responses: database.prepare(responsesSql).all() as unknown as ResponseRow[],
    openIntents: count("SELECT count(*) AS n FROM intents"),
    orphans: count(orphansSql),
    spent: new Map(spent.map((row) => [String(row["account"]), Number(row["spent"])])),
  };
}
