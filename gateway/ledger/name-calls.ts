import type { ChainFault } from "@sekisho/lib/storage/chains/chain-walk.ts";
import type { ChainFindings } from "@sekisho/lib/storage/chains/verify-chain.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";

/** The calls that a fault is about, by the ids that exports have; places are in no export. */
export interface FaultCalls {
  /** The first and last call of the fault; null: none stands there. */
  readonly firstId: string | null;
  readonly lastId: string | null;
  /** The call in the place before; null: there is none, or its day was dropped. */
  readonly behindId: string | null;
}

export interface CallFault extends ChainFault {
  readonly calls: FaultCalls;
}

/** What came of a walk over calls. */
export interface CallFindings extends ChainFindings {
  readonly fault: CallFault | null;
}

const atSql = "SELECT id FROM calls WHERE place = ?";
const behindSql = "SELECT id FROM calls WHERE place < ? ORDER BY place DESC LIMIT 1";

/** The same with the calls that the fault is about, if there is one. */
export function withCalls(reader: Reader, findings: ChainFindings): CallFindings {
  const { fault } = findings;
  if (fault === null) return { ...findings, fault };
  const idOf = (sql: string, place: number): string | null => {
    const id = reader.get(sql, [place])?.["id"] ?? null;
    return id === null ? null : String(id);
  };
  const calls: FaultCalls = {
    firstId: idOf(atSql, fault.seq),
    lastId: idOf(atSql, fault.lastSeq ?? fault.seq),
    behindId: idOf(behindSql, fault.seq),
  };
  return { ...findings, fault: { ...fault, calls } };
}
