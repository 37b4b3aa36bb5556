import {
  chainHash,
  chainStart,
  hexOf,
  storedHash,
} from "@sekisho/lib/storage/chains/chain-hash.ts";
import type { ChainLink } from "@sekisho/lib/storage/chains/chain-walk.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";

export const dayMs = 86_400_000;

/** A day that is over: its calls by their places, and the chain where it ended. */
export interface LedgerDay {
  /** Since 1970, UTC. */
  readonly day: number;
  readonly firstPlace: number;
  readonly lastPlace: number;
  /** The hash of its last call. */
  readonly hash: Uint8Array;
  /** The seal of the day before it, and its own. */
  readonly previous: Uint8Array;
  readonly seal: Uint8Array;
  /** Its calls are, or are being, taken out. */
  readonly isDropped: boolean;
}

/** Every day that was sealed, the oldest first. */
export const sealedDays = (reader: Reader): LedgerDay[] =>
  reader.all("SELECT * FROM ledger_days ORDER BY day").map(dayOf);

/** What a seal covers, in this order. */
export const sealLink = (day: LedgerDay, seq: number): ChainLink => ({
  seq,
  previous: day.previous,
  hash: day.seal,
  values: valuesOf(day),
});

const valuesOf = ({ day, firstPlace, lastPlace, hash }: Omit<LedgerDay, "seal">) => [
  day,
  firstPlace,
  lastPlace,
  hexOf(hash),
];

const overSql = `SELECT at_ms / ${dayMs} AS day, max(place) AS place, hash FROM ledger_marks
  WHERE at_ms < ?1 AND place > ?2 GROUP BY day ORDER BY day`;

const sealSql = `INSERT INTO ledger_days (day, first_place, last_place, hash, previous, seal)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** Days that are over and have no seal yet, sealed: each ends at its last mark. */
export function sealDays(reader: Reader, nowMs: number): LedgerDay[] {
  const last = reader.get("SELECT * FROM ledger_days ORDER BY day DESC LIMIT 1");
  let before = last === undefined ? null : dayOf(last);
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const over = reader.all(overSql, [today, before?.lastPlace ?? 0]);
  const sealed: LedgerDay[] = [];
  for (const row of over) {
    // The clock was set back over midnight: these calls go to the next day that is over.
    const isBehind = Number(row["day"]) <= (before?.day ?? -Infinity);
    if (isBehind || Number(row["place"]) <= (before?.lastPlace ?? 0)) continue;
    const open = {
      day: Number(row["day"]),
      firstPlace: (before?.lastPlace ?? 0) + 1,
      lastPlace: Number(row["place"]),
      hash: storedHash(row["hash"]),
      previous: before?.seal ?? chainStart,
      isDropped: false,
    };
    before = { ...open, seal: chainHash(open.previous, valuesOf(open)) };
    sealed.push(before);
  }
  return sealed;
}

export const sealWrite = (day: LedgerDay): Write => ({
  sql: sealSql,
  params: [day.day, day.firstPlace, day.lastPlace, day.hash, day.previous, day.seal],
});

function dayOf(row: Row): LedgerDay {
  return {
    day: Number(row["day"]),
    firstPlace: Number(row["first_place"]),
    lastPlace: Number(row["last_place"]),
    hash: storedHash(row["hash"]),
    previous: storedHash(row["previous"]),
    seal: storedHash(row["seal"]),
    isDropped: row["is_dropped"] === 1,
  };
}
