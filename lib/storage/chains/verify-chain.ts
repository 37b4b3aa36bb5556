import { hexOf } from "./chain-hash.ts";
import {
  chainOrigin,
  ChainWalk,
  type ChainFault,
  type ChainHead,
  type ChainLink,
} from "./chain-walk.ts";

/** A chain, or a part of one, that can be read a page at a time. */
export interface ChainSource {
  readonly name: string;
  /** The row that it begins behind. Default: the first row is number 1. */
  readonly start?: ChainHead;
  /** The last row as it was remembered, now; "open" when nobody remembers one. */
  head(): ChainHead | null | "open";
  /** Rows behind a place, by rising place. */
  page(afterSeq: number, limit: number): readonly ChainLink[];
  /** The first place of a row with this hash. Not asked where rows do not say what is before. */
  find(hash: Uint8Array): number | null;
}

/** What came of a walk. */
export interface ChainFindings {
  readonly chain: string;
  /** How many rows fit. */
  readonly rows: number;
  /** That of the last row in hexadecimal; null when a row does not fit. */
  readonly hash: string | null;
  readonly fault: ChainFault | null;
}

/** Reading so many takes a few milliseconds, for which everybody else waits. */
const pageRows = 500;

/** Walks a chain to its end or to the first row that does not fit, and pauses after each page. */
export async function verifyChain(
  source: ChainSource,
  pause: () => Promise<void>,
): Promise<ChainFindings> {
  const start = source.start ?? chainOrigin;
  const walk = new ChainWalk((hash) => source.find(hash), start);
  let fault: ChainFault | null = null;
  // Where the chain begins, also what somebody has put before its first place is looked at.
  let behind = start.seq === 0 ? Number.MIN_SAFE_INTEGER : start.seq;
  for (let isDone = false; !isDone && fault === null; behind = walk.seq) {
    const rows = source.page(behind, pageRows);
    fault = walkPage(walk, rows);
    if (rows.length > 0 || fault !== null) {
      await pause();
      continue;
    }
    const head = source.head();
    if (head === "open") {
      fault = walk.finish(walk.head);
      break;
    }
    // Rows may have come since: the head is read behind them, so it knows each.
    isDone = (head?.seq ?? 0) <= walk.seq || source.page(walk.seq, 1).length === 0;
    if (isDone) fault = walk.finish(head);
  }
  const chain = source.name;
  const { seq, hash } = walk.head;
  if (fault !== null) {
    const rows = Math.max(0, Math.min(fault.seq - 1, seq) - start.seq);
    return { chain, rows, hash: null, fault };
  }
  return { chain, rows: seq - start.seq, hash: hexOf(hash), fault };
}

function walkPage(walk: ChainWalk, rows: readonly ChainLink[]): ChainFault | null {
  for (const row of rows) {
    const fault = walk.next(row);
    if (fault !== null) return fault;
  }
  return null;
}
