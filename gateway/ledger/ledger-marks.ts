import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";

const lastSql = "SELECT place, hash FROM calls ORDER BY place DESC LIMIT 1";
const knownSql = "SELECT max(place) AS place FROM ledger_marks";

/** Writes down where the chain of calls ends now; nothing when it has not grown since. */
export function markLedger(reader: Reader, nowMs: number): Write[] {
  const last = reader.get(lastSql);
  const place = last?.["place"] ?? null;
  if (place === null || place === (reader.get(knownSql)?.["place"] ?? null)) return [];
  const sql = "INSERT OR REPLACE INTO ledger_marks (at_ms, place, hash) VALUES (?, ?, ?)";
  return [{ sql, params: [nowMs, place, last?.["hash"] ?? null] }];
}

/** When the chain was marked last; null when it never was. */
export function lastMarkMs(reader: Reader): number | null {
  const atMs = reader.get("SELECT max(at_ms) AS at_ms FROM ledger_marks")?.["at_ms"] ?? null;
  return atMs === null ? null : Number(atMs);
}
