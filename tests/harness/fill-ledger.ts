import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { LedgerWriter } from "./ledger-writer.ts";

const days = 30;
const dayMs = 86_400_000;
const keys = 10;
/** In one transaction. */
const step = 500_000;

/** Roll-ups, the column of their time, and how many milliseconds are one of it. */
const rollups = [
  ["rollups", "minute", 60_000],
  ["hour_rollups", "hour", 3_600_000],
  ["day_rollups", "day", dayMs],
] as const;

/**
 * Gives a data folder that no server has yet calls of the last thirty days by ten keys of tenant
 * `t`, 10,000,000 in two minutes: copies of one call of each key, which no chain holds together.
 */
export async function fillLedger(data: string, count: number, clock: Clock): Promise<void> {
  const nowMs = clock.wallMs();
  const sinceMs = nowMs - days * dayMs;
  {
    await using ledger = await LedgerWriter.open(data, clock);
    const first = Array.from({ length: keys }, (_, n) => ({
      n,
      timeMs: sinceMs,
      costNanoUsd: 8_000_000,
      tenant: "t",
      key: `k${n}`,
      user: "user-0",
      session: "session-0",
    }));
    await ledger.add(first);
  }
  using database = new DatabaseSync(join(data, "sekisho.db"));
  database.exec("PRAGMA synchronous = OFF");
  const calls = database.prepare(`INSERT INTO calls (id, time_ms, about, user, session, hash)
    WITH RECURSIVE numbers(n) AS (
      SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2
    )
    SELECT printf('00%024d', n), ?3 + CAST(n * ?4 AS INTEGER), first.about,
      'user-' || (n % 5000), 'session-' || (n % 60000), first.hash
    FROM numbers JOIN calls AS first ON first.place = 1 + n % ${keys}`);
  for (let from = keys; from < count; from += step) {
    calls.run(from, Math.min(count, from + step), sinceMs, (days * dayMs) / count);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  for (const [table, column, ms] of rollups) {
    const others = columnsOf(database, table).filter((name) => name !== column);
    database
      .prepare(`INSERT INTO ${table} (${column}, ${others.join(", ")})
        WITH RECURSIVE times(at) AS (
          SELECT ?1 + 1 UNION ALL SELECT at + 1 FROM times WHERE at < ?2
        )
        SELECT times.at, ${others.map((name) => `first.${name}`).join(", ")}
        FROM times JOIN ${table} AS first ON first.${column} = ?1`)
      .run(Math.floor(sinceMs / ms), Math.floor(nowMs / ms) - 1);
  }
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

const columnsOf = (database: DatabaseSync, table: string): string[] =>
  database
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => String(name));
