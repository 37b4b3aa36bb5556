import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { ServedPlace } from "../answer.ts";
import type { Call } from "../call.ts";
import type { LedgerRow, RowGiven } from "./ledger.ts";
import { outcomeOf, subjectOf } from "./settlement.ts";

/** The end of a call that was given the answer of another one. */
export interface GivenEnd {
  readonly given: RowGiven;
  /** Who made the answer; null where it was told none. */
  readonly served: ServedPlace | null;
  readonly endedMs: number;
  readonly endedWallMs: number;
  readonly firstTokenMs: number | null;
  readonly cause: Code | null;
}

/** Its only row: it took no attempt, no tokens and no money (STR-14). */
export const givenRow = (call: Call, end: GivenEnd): LedgerRow => ({
  id: call.id,
  attempt: 0,
  timeMs: end.endedWallMs,
  subject: { ...subjectOf(call, end.served), given: end.given },
  usage: noUsage,
  usageSource: "none",
  wastedTokens: 0,
  costNanoUsd: 0,
  latencyMs: end.endedMs - call.arrivedMs,
  firstTokenMs: end.firstTokenMs === null ? null : end.firstTokenMs - call.arrivedMs,
  outcome: outcomeOf(end.cause),
  cause: end.cause,
  priceVersion: null,
});
