import { hexOf, storedHash } from "@sekisho/lib/storage/chains/chain-hash.ts";
import {
  chainOrigin,
  ChainWalk,
  type ChainFault,
  type ChainHead,
  type ChainLink,
} from "@sekisho/lib/storage/chains/chain-walk.ts";
import {
  verifyChain,
  type ChainFindings,
  type ChainSource,
} from "@sekisho/lib/storage/chains/verify-chain.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { callsCutOff } from "./calls-cut-off.ts";
import { dropLink, ledgerDrops } from "./drop-days.ts";
import { dayMs, sealedDays, sealLink, type LedgerDay } from "./ledger-days.ts";
import { withCalls, type CallFindings } from "./name-calls.ts";

/** What can be verified at once: a sealed day as 2026-01-31, or what has no seal yet. */
export const openPart = "open";

const dayName = (day: number): string => rfc3339(day * dayMs).slice(0, "2026-01-31".length);

/** The parts that still have their calls, the oldest first. */
export const ledgerParts = (reader: Reader): string[] => [
  ...sealedDays(reader)
    .filter(({ isDropped }) => !isDropped)
    .map(({ day }) => dayName(day)),
  openPart,
];

/** The chains of seals and of drops: were days taken out, or changed, by anybody else? */
export function verifySeals(reader: Reader): readonly ChainFindings[] {
  const drops = ledgerDrops(reader);
  const seals = verifyDays(sealedDays(reader), drops.at(-1)?.day ?? -Infinity);
  if (drops.length === 0) return [seals];
  return [seals, verifyLinks("drops", drops.map(dropLink))];
}

function verifyDays(days: readonly LedgerDay[], droppedDay: number): ChainFindings {
  const findings = verifyLinks(
    "seals",
    days.map((day, index) => sealLink(day, index + 1)),
  );
  // One that is marked as dropped, and no row of a drop says so.
  const index = days.findIndex(({ day, isDropped }) => isDropped !== day <= droppedDay);
  if (index === -1 || (findings.fault?.seq ?? Infinity) <= index) return findings;
  return { chain: "seals", rows: index, hash: null, fault: { kind: "changed", seq: index + 1 } };
}

function verifyLinks(chain: string, links: readonly ChainLink[]): ChainFindings {
  const walk = new ChainWalk(() => null);
  for (const [index, link] of links.entries()) {
    const fault = walk.next(link);
    if (fault !== null) return { chain, rows: index, hash: null, fault };
  }
  return { chain, rows: links.length, hash: hexOf(walk.head.hash), fault: null };
}

/** Walks the calls of one part, and names those that do not fit; null: there is no such part. */
export async function verifyPart(
  reader: Reader,
  part: string,
  pause: () => Promise<void>,
): Promise<CallFindings | null> {
  const findings = await walkPart(reader, part, pause);
  return findings === null ? null : withCalls(reader, findings);
}

async function walkPart(
  reader: Reader,
  part: string,
  pause: () => Promise<void>,
): Promise<ChainFindings | null> {
  const days = sealedDays(reader);
  if (part === ledgerParts(reader)[0]) {
    const fault = faultBefore(reader);
    if (fault !== null) return { chain: part, rows: 0, hash: null, fault };
  }
  if (part === openPart) return await verifyOpen(reader, days.at(-1), pause);
  const index = days.findIndex(({ day, isDropped }) => !isDropped && dayName(day) === part);
  const day = days[index];
  if (day === undefined) return null;
  return await verifyChain(
    partOf(reader, part, { start: headOf(days[index - 1]), end: headOf(day) }),
    pause,
  );
}

/** A call that no chain has a place for, whichever day it is that begins it now. */
function faultBefore(reader: Reader): ChainFault | null {
  const seq = reader.get("SELECT min(place) AS place FROM calls WHERE place < 1")?.["place"];
  return typeof seq === "number" ? { kind: "added", seq } : null;
}

/** Up to the last mark, what came behind it, and whether roll-ups count more than that. */
async function verifyOpen(
  reader: Reader,
  last: LedgerDay | undefined,
  pause: () => Promise<void>,
): Promise<ChainFindings> {
  const start = headOf(last);
  const mark = reader.get(
    "SELECT place, hash FROM ledger_marks WHERE place > ? ORDER BY place DESC LIMIT 1",
    [start.seq],
  );
  const marked: ChainHead | null =
    mark === undefined ? null : { seq: Number(mark["place"]), hash: storedHash(mark["hash"]) };
  if (marked !== null) {
    const findings = await verifyChain(partOf(reader, openPart, { start, end: marked }), pause);
    if (findings.fault !== null) return findings;
  }
  const rest = await verifyChain(
    partOf(reader, openPart, { start: marked ?? start, end: "open" }),
    pause,
  );
  const rows = rest.rows + (marked?.seq ?? start.seq) - start.seq;
  const fault = rest.fault ?? (await callsCutOff(reader, pause));
  return { ...rest, rows, fault, hash: fault === null ? rest.hash : null };
}

const headOf = (day: LedgerDay | undefined): ChainHead =>
  day === undefined ? chainOrigin : { seq: day.lastPlace, hash: day.hash };

const pageSql = `SELECT place, id, time_ms, about, hash FROM calls
  WHERE place > ? AND place <= ? ORDER BY place LIMIT ?`;

interface PartEnds {
  readonly start: ChainHead;
  readonly end: ChainHead | "open";
}

const partOf = (reader: Reader, name: string, { start, end }: PartEnds): ChainSource => ({
  name,
  start,
  head: () => end,
  page: (afterSeq, limit) =>
    reader
      .all(pageSql, [afterSeq, end === "open" ? Number.MAX_SAFE_INTEGER : end.seq, limit])
      .map(linkOf),
  find: () => null,
});

/** In the order of the parameters that `SqliteLedger` has hashed. */
const linkOf = (row: Row): ChainLink => ({
  seq: Number(row["place"]),
  previous: null,
  hash: storedHash(row["hash"]),
  values: [String(row["id"]), Number(row["time_ms"]), String(row["about"])],
});
