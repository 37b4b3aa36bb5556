import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { intentsAhead } from "./intents-ahead.ts";

/** A row of the ledger as it stands in the file. `attempt` 0 is the response's own. */
export interface StoredRow {
  readonly id: string;
  readonly attempt: number;
  readonly surface: string;
  readonly alias: string;
  readonly choice: string | null;
  readonly outcome: "ok" | "error" | "cancelled" | "unknown";
  readonly cause: string | null;
  readonly input: number;
  readonly output: number;
  readonly delivered: number | null;
  readonly wasted: number | null;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly reasoning: number;
  readonly usageSource: "reported" | "estimated" | "unknown" | "none";
  readonly costNanoUsd: number;
  readonly priceVersion: string | null;
  readonly provider: string | null;
  /** As `LedgerRowView.cached`. */
  readonly cached: string | null;
  readonly savedNanoUsd: number | null;
  readonly savedInput: number | null;
  readonly savedOutput: number | null;
}

/** What the books of a data folder say, read past the server that writes them. */
export interface LedgerFile {
  readonly rows: readonly StoredRow[];
  readonly openIntents: number;
  /** What every budget account has spent over all windows. */
  readonly spentNanoUsd: number;
}

/** What is selected of a row. */
export const rowColumns = `SELECT id, attempt, surface, alias, choice, outcome, cause,
  input, output, delivered, wasted, provider, cache_read AS cacheRead,
  cache_write_5m AS cacheWrite5m, cache_write_1h AS cacheWrite1h,
  reasoning, usage_source AS usageSource, cost_nano_usd AS costNanoUsd,
  cached, saved_nano_usd AS savedNanoUsd, saved_input AS savedInput, saved_output AS savedOutput,
  price_version AS priceVersion`;

/** How many calls a provider has rows for, and the newest of these: each the response's own. */
export interface ProviderRows {
  readonly count: number;
  readonly newest: StoredRow | null;
}

/** All rows, as this connection sees them. */
export function ledgerIn(database: DatabaseSync, data: string): LedgerFile {
  const sum = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0]);
  return {
    // The columns are named and typed by the statement above.
    rows: database
      .prepare(`${rowColumns} FROM ledger ORDER BY id, attempt`)
      .all() as unknown as StoredRow[],
    openIntents: sum("SELECT count(*) FROM intents") + intentsAhead(data, database),
    spentNanoUsd: sum("SELECT coalesce(sum(spent_nano_usd), 0) FROM budget_spent"),
  };
}

/** Reads the books of a data folder once. Who asks again and again has a `LedgerReader`. */
export function readLedgerFile(data: string): LedgerFile {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  // One view of the file for all that is read: a call is open or has its row, never neither.
  database.exec("BEGIN");
  return ledgerIn(database, data);
}
