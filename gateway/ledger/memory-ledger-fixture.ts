import { BatchBuilder } from "@sekisho/lib/storage/commits/batch-builder.ts";
import { BatchExecutor } from "@sekisho/lib/storage/commits/batch-executor.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { markLedger } from "./ledger-marks.ts";
import type { LedgerRow, RowSubject } from "./ledger.ts";
import { ledgerMigrations } from "./store/migrations.sql.ts";
import { SqliteLedger } from "./store/sqlite.ts";

export const subject: RowSubject = {
  tenant: "acme",
  team: null,
  key: "k1",
  user: "anna",
  session: null,
  agent: null,
  surface: "openai.chat",
  alias: "fast",
  choice: null,
  leftOutMessages: 0,
  model: "haiku",
  provider: "p1",
  region: "r1",
};

export const startMs = 1_767_225_600_000;

export const rowOf = (id: string, over: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  attempt: 0,
  timeMs: startMs,
  subject,
  usage: { ...noUsage, input: 100, output: 20, cacheWrite1h: 3 },
  usageSource: "reported",
  wastedTokens: 0,
  costNanoUsd: 7,
  latencyMs: 40.5,
  firstTokenMs: null,
  outcome: "error",
  cause: "upstream_error",
  priceVersion: "v1",
  ...over,
});

/** A ledger in memory, and what a test does to it. */
export function memoryLedger() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, ledgerMigrations, clock);
  const reader = disk.openReader();
  const ledger = new SqliteLedger(reader);
  const builder = new BatchBuilder();
  const executor = new BatchExecutor(disk.database, disk, () => {});
  const run = (writes: readonly Write[]): void => {
    const outcome = executor.run(builder.together([{ writes, durability: "power" }]));
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  };
  return {
    clock,
    disk,
    reader,
    /** In one transaction. */
    run,
    /** One transaction for all of these calls and their roll-ups. */
    add: (...calls: readonly (readonly LedgerRow[])[]): void =>
      run(calls.flatMap((rows) => ledger.terminal(rows).slice(0, 2))),
    mark: (atMs: number): void => run(markLedger(reader, atMs)),
    tamper: (sql: string): void => disk.database.exec(sql),
  };
}
