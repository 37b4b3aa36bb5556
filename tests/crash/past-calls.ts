import { dayMs } from "@sekisho/gateway/ledger/ledger-days.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { LedgerWriter, type PastCall } from "../harness/ledger-writer.ts";

/** Of a tenant that makes no calls any more: what is left of it is dropped, sealed and erased. */
export const past = { tenant: "past", user: "anna of the past", sessions: 3 } as const;

/** Calls of each day that is over, the oldest first; each is more than one step of a drop. */
const callsOfDay = [600, 520, 510] as const;

/** How many of them are kept: those of the newest day that has a seal stay (MON-14). */
export const keptPastCalls = callsOfDay[2];
export const pastCalls = callsOfDay.reduce((sum, calls) => sum + calls, 0);
/** Every one of these is the user's. */
const everyUsers = 20;
export const costOfPastCall = 7;

const callOf = (n: number, timeMs: number): PastCall => ({
  n,
  timeMs,
  costNanoUsd: costOfPastCall,
  tenant: past.tenant,
  key: "key_of_the_past",
  user: n % everyUsers === 0 ? past.user : `user ${n % 7}`,
  session: n % 2 === 0 ? `session ${n % (2 * past.sessions)}` : null,
});

/** Fills a data folder with calls of three days that are over and have no seal yet. */
export async function writePastCalls(data: string, clock: Clock): Promise<void> {
  await using ledger = await LedgerWriter.open(data, clock);
  const nowMs = clock.wallMs();
  let n = 0;
  for (const [index, calls] of callsOfDay.entries()) {
    const atMs = nowMs - (callsOfDay.length - index) * dayMs;
    await ledger.add(Array.from({ length: calls }, () => callOf(n++, atMs)));
    await ledger.mark(atMs);
  }
  // One of now: else the server doubts a clock that is a day past all that it knows.
  await ledger.add([callOf(n, nowMs)]);
  await ledger.mark(nowMs);
}
