import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { intentsAhead } from "../harness/intents-ahead.ts";
import { past } from "./past-calls.ts";

/** The row of one response. */
export interface ResponseRow {
  readonly id: string;
  readonly user: string;
  readonly key: string;
  readonly tenant: string;
  readonly session: string | null;
  readonly outcome: string;
  readonly costNanoUsd: number;
}

/** The sums of one table of roll-ups. */
export interface RollupSums {
  readonly name: string;
  /** Of the calls that were there before the first server. */
  readonly isPast: boolean;
  readonly requests: number;
  readonly costNanoUsd: number;
}

/** What the file says of money and calls. */
export interface StoredBooks {
  /** Those of the past are not among them. */
  readonly responses: readonly ResponseRow[];
  readonly openIntents: number;
  /** Attempt rows of calls that have no response row. */
  readonly orphans: number;
  /** By account, over all windows. */
  readonly spent: ReadonlyMap<string, number>;
  readonly rollups: readonly RollupSums[];
}

const responsesSql = `SELECT id, user, key, tenant, session, outcome, cost_nano_usd AS costNanoUsd
  FROM ledger WHERE attempt = 0 AND tenant <> ? ORDER BY id`;
const rollupsSql = ["rollups", "hour_rollups", "day_rollups"]
  .map(
    (table) => `SELECT '${table}' AS name, tenant = ?1 AS is_past, sum(requests) AS requests,
      sum(cost_nano_usd) AS cost FROM ${table} GROUP BY tenant = ?1`,
  )
  .join(" UNION ALL ");
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
    responses: database.prepare(responsesSql).all(past.tenant) as unknown as ResponseRow[],
    openIntents: count("SELECT count(*) AS n FROM intents") + intentsAhead(data, database),
    orphans: count(orphansSql),
    rollups: database
      .prepare(rollupsSql)
      .all(past.tenant)
      .map((row) => ({
        name: String(row["name"]),
        isPast: row["is_past"] === 1,
        requests: Number(row["requests"]),
        costNanoUsd: Number(row["cost"]),
      })),
    spent: new Map(spent.map((row) => [String(row["account"]), Number(row["spent"])])),
  };
}
