import { storedHash } from "@sekisho/lib/storage/chains/chain-hash.ts";
import { ChainWalk } from "@sekisho/lib/storage/chains/chain-walk.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";

/** MON-14: all calls are one chain, whichever processes have added them, and however they ended. */
export function checkChain(reader: Reader): void {
  const walk = new ChainWalk(() => null);
  const sql = "SELECT place, id, time_ms, about, hash FROM calls ORDER BY place";
  for (const { place, id, time_ms: timeMs, about, hash } of reader.all(sql)) {
    const values = [String(id), Number(timeMs), String(about)];
    const link = { seq: Number(place), previous: null, hash: storedHash(hash), values };
    const fault = walk.next(link);
    if (fault !== null) throw new Violation("MON-14 chain", `call ${fault.seq} is ${fault.kind}`);
  }
  // Nobody remembers its end here: it is where the last hash is.
  const fault = walk.finish(walk.head);
  if (fault === null) return;
  throw new Violation("MON-14 chain", `the calls before ${fault.seq} have none`);
}
