import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { dayMs } from "@sekisho/gateway/ledger/ledger-days.ts";
import { markLedger } from "@sekisho/gateway/ledger/ledger-marks.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { SqliteLedger } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { migrateFile } from "@sekisho/lib/storage/migrate.ts";
import { SqliteReader } from "@sekisho/lib/storage/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/sqlite-writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { migrations } from "@sekisho/server/compose/storage.ts";

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

const rowOf = (n: number, timeMs: number): LedgerRow => ({
  id: `00${String(n).padStart(24, "0")}`,
  attempt: 0,
  timeMs,
  subject: {
    tenant: past.tenant,
    team: null,
    key: "key_of_the_past",
    user: n % everyUsers === 0 ? past.user : `user ${n % 7}`,
    session: n % 2 === 0 ? `session ${n % (2 * past.sessions)}` : null,
    agent: null,
    surface: "openai.chat",
    alias: "plain",
    model: null,
    provider: null,
    region: null,
    choice: null,
  },
  usage: { ...noUsage, input: 1, output: 1 },
  usageSource: "reported",
  costNanoUsd: costOfPastCall,
  latencyMs: 1,
  firstTokenMs: null,
  outcome: "ok",
  cause: null,
  priceVersion: null,
});

/** Fills a data folder with calls of three days that are over and have no seal yet. */
export async function writePastCalls(data: string, clock: Clock): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const path = join(data, "sekisho.db");
  migrateFile(path, migrations, clock);
  const onLoss = (failure: Error): never => {
    throw failure;
  };
  const writer = await SqliteWriter.open({ path, clock, onLoss });
  const reader = SqliteReader.open(path);
  try {
    const ledger = new SqliteLedger(reader);
    const nowMs = clock.wallMs();
    let n = 0;
    for (const [index, calls] of callsOfDay.entries()) {
      const atMs = nowMs - (callsOfDay.length - index) * dayMs;
      const rows = Array.from({ length: calls }, () => rowOf(n++, atMs));
      await writer.commit(
        rows.flatMap((row) => ledger.terminal([row])),
        "process",
      );
      await writer.commit(markLedger(reader, atMs), "process");
    }
    // One of now: else the server doubts a clock that is a day past all that it knows.
    await writer.commit(ledger.terminal([rowOf(n, nowMs)]), "process");
    await writer.commit(markLedger(reader, nowMs), "process");
  } finally {
    reader.close();
    await writer.close();
  }
}
