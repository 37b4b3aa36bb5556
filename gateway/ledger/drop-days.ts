import { chainHash, chainStart, storedHash } from "@sekisho/lib/storage/chains/chain-hash.ts";
import type { ChainLink } from "@sekisho/lib/storage/chains/chain-walk.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { sealedDays } from "./ledger-days.ts";

/** That the calls up to a sealed day are, or are being, taken out: a row of a chain of its own. */
export interface LedgerDrop {
  readonly seq: number;
  readonly atMs: number;
  /** The newest day of those that go, and the last place in it. */
  readonly day: number;
  readonly lastPlace: number;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
}

/** Every drop, the oldest first. */
export const ledgerDrops = (reader: Reader): LedgerDrop[] =>
  reader.all("SELECT * FROM ledger_drops ORDER BY seq").map(dropOf);

/** What the hash of a drop covers, in this order. */
export const dropLink = ({ seq, previous, hash, ...values }: LedgerDrop): ChainLink => ({
  seq,
  previous,
  hash,
  values: valuesOf(values),
});

const valuesOf = ({
  atMs,
  day,
  lastPlace,
}: Pick<LedgerDrop, "atMs" | "day" | "lastPlace">): readonly number[] => [atMs, day, lastPlace];

/** So many calls leave in one transaction, for which everybody else waits. */
const droppedAtOnce = 500;

export interface DropStep {
  readonly writes: readonly Write[];
  /** The row that this step adds; null where it takes calls out. */
  readonly drop: LedgerDrop | null;
}

/**
 * The next step of taking out the calls of sealed days that are older; null when there is none.
 * The newest day that has a seal stays, since the chain goes on behind it. Days are first said to
 * be dropped, by a row that is chained: whoever verifies begins behind them.
 */
export function dropOldest(
  reader: Reader,
  { beforeDay, nowMs }: { readonly beforeDay: number; readonly nowMs: number },
): DropStep | null {
  const days = sealedDays(reader).slice(0, -1);
  const old = days.filter(({ day, isDropped }) => day < beforeDay && !isDropped).at(-1);
  const dropped = days.filter(({ isDropped }) => isDropped).at(-1);
  const first = Number(reader.get("SELECT min(place) AS place FROM calls")?.["place"] ?? Infinity);
  if (dropped !== undefined && first <= dropped.lastPlace) {
    const until = Math.min(first + droppedAtOnce - 1, dropped.lastPlace);
    return {
      drop: null,
      writes: [
        { sql: "DELETE FROM calls WHERE place <= ?", params: [until] },
        { sql: "DELETE FROM ledger_marks WHERE place < ?", params: [until] },
      ],
    };
  }
  if (old === undefined) return null;
  const last = ledgerDrops(reader).at(-1);
  const open = { atMs: nowMs, day: old.day, lastPlace: old.lastPlace };
  const previous = last?.hash ?? chainStart;
  const hash = chainHash(previous, valuesOf(open));
  const drop = { ...open, seq: (last?.seq ?? 0) + 1, previous, hash };
  return {
    drop,
    writes: [
      dropWrite(drop),
      { sql: "UPDATE ledger_days SET is_dropped = 1 WHERE day <= ?", params: [old.day] },
    ],
  };
}

const dropWrite = ({ seq, atMs, day, lastPlace, previous, hash }: LedgerDrop): Write => ({
  sql: `INSERT INTO ledger_drops (seq, at_ms, day, last_place, previous, hash)
    VALUES (?, ?, ?, ?, ?, ?)`,
  params: [seq, atMs, day, lastPlace, previous, hash],
});

const dropOf = (row: Row): LedgerDrop => ({
  seq: Number(row["seq"]),
  atMs: Number(row["at_ms"]),
  day: Number(row["day"]),
  lastPlace: Number(row["last_place"]),
  previous: storedHash(row["previous"]),
  hash: storedHash(row["hash"]),
});
