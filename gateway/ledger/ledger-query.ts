import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { LedgerRow } from "./ledger.ts";
import { rowsOfCall } from "./stored-call.ts";

/** Which calls; null is no condition. */
export interface LedgerQuery {
  readonly tenant: string | null;
  readonly key: string | null;
  readonly user: string | null;
  readonly session: string | null;
  /** One that its calls have, perhaps among others; absent: as null. */
  readonly tag?: string | null;
  readonly sinceMs: number;
  /** Null, the default: up to now. */
  readonly untilMs?: number | null;
  /** The place of the last call of the page before. */
  readonly after: number | null;
}

/** One call: its place in the ledger, and its rows, the response's own first. */
export interface LedgerCall {
  readonly place: number;
  readonly rows: readonly LedgerRow[];
}

/** So many places are looked at in one read: some milliseconds, for which everybody else waits. */
const windowPlaces = 250;

const windowSql = `SELECT place, id, time_ms, about, user, session FROM calls
  WHERE place > ?1 AND place <= ?2 AND time_ms >= ?3
    AND (?4 IS NULL OR about ->> '$[0][0]' = ?4) AND (?5 IS NULL OR about ->> '$[0][2]' = ?5)
    AND (?6 IS NULL OR user = ?6) AND (?7 IS NULL OR session = ?7)
    AND (?8 IS NULL OR time_ms < ?8)
    AND (?9 IS NULL OR EXISTS (
      SELECT 1 FROM json_each(about, '$[0][9]') AS tag WHERE tag.value = ?9))
  ORDER BY place DESC`;

/**
 * Calls by their end, the newest first, as many at a time as one read finds: none at times. What
 * comes while somebody reads is not among them. Pauses before each read but the first.
 */
export async function* readCalls(
  reader: Reader,
  { tenant, key, user, session, tag = null, sinceMs, untilMs = null, after }: LedgerQuery,
  pause: () => Promise<void>,
): AsyncGenerator<readonly LedgerCall[]> {
  const first = firstPlaceSince(reader, sinceMs);
  let until = after === null ? lastPlace(reader) : after - 1;
  while (until >= first) {
    const from = Math.max(first - 1, until - windowPlaces);
    const params = [from, until, sinceMs, tenant, key, user, session, untilMs, tag];
    yield reader
      .all(windowSql, params)
      .map((row) => ({ place: Number(row["place"]), rows: rowsOfCall(row) }));
    until = from;
    if (until >= first) await pause();
  }
}

/** 0 while there are no calls. */
export const lastPlace = (reader: Reader): number =>
  Number(reader.get("SELECT max(place) AS place FROM calls")?.["place"] ?? 0);

/**
 * From which place on calls stand that ended at that time or later: the one behind the last mark
 * before it. Times alone do not say it, since calls that a crash closed have the time of their
 * start.
 */
export function firstPlaceSince(reader: Reader, sinceMs: number): number {
  const mark = reader.get(
    "SELECT place FROM ledger_marks WHERE at_ms < ? ORDER BY at_ms DESC LIMIT 1",
    [sinceMs],
  );
  if (mark !== undefined) return Number(mark["place"]) + 1;
  return Number(reader.get("SELECT min(place) AS place FROM calls")?.["place"] ?? 1);
}
