import type { ChainFault } from "@sekisho/lib/storage/chains/chain-walk.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";

// total(), unlike sum(), does not fail on what somebody has written into roll-ups.
const olderSql = `SELECT day, total(requests) AS calls FROM day_rollups
  WHERE day > ? AND day < ? GROUP BY day ORDER BY day LIMIT 1`;
const newestSql = "SELECT max(day) AS day FROM day_rollups";

/** One statement, so that no call is in one of them and not yet in the other. */
const endSql = `SELECT
  (SELECT total(requests) FROM day_rollups WHERE day >= ?) AS calls,
  (SELECT max(place) FROM calls) AS place,
  (SELECT max(last_place) FROM ledger_days) AS sealed`;

/**
 * The calls that were cut off behind all that is left; null when there is none. A call takes
 * the next place in the transaction that adds it to its roll-ups, and the newest sealed day is
 * never dropped: so the last place is as many calls as the roll-ups of all days have. Places that
 * were cut off are given again, so those that are missing may be named by places further on.
 */
export async function callsCutOff(
  reader: Reader,
  pause: () => Promise<void>,
): Promise<ChainFault | null> {
  const newest = Number(reader.get(newestSql)?.["day"] ?? 0);
  let counted = 0;
  for (let behind = Number.MIN_SAFE_INTEGER; ; await pause()) {
    const row = reader.get(olderSql, [behind, newest]);
    if (row === undefined) break;
    counted += Number(row["calls"]);
    behind = Number(row["day"]);
  }
  // A call that came into an older day meanwhile has a place, and is not in the sum.
  const end = reader.get(endSql, [newest]);
  counted += Number(end?.["calls"] ?? 0);
  const last = Math.max(Number(end?.["place"] ?? 0), Number(end?.["sealed"] ?? 0));
  if (counted <= last) return null;
  const fault: ChainFault = { kind: "missing", seq: last + 1 };
  return counted === last + 1 ? fault : { ...fault, lastSeq: counted };
}
