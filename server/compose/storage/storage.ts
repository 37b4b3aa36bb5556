import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { identityMigrations } from "@sekisho/gateway/identity/store/migrations.sql.ts";
import { idempotencyMigrations } from "@sekisho/gateway/idempotency/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { feedbackMigrations } from "@sekisho/gateway/feedback/store/migrations.sql.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { aheadMigrations, ownLog } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { checkFile, migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import type { Migration } from "@sekisho/lib/storage/migration.ts";
import { recoverAheadFiles } from "@sekisho/lib/storage/ahead/recover-ahead.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/writer-thread/sqlite-writer.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { auditMigrations } from "../../audit/store/migrations.sql.ts";
import { settingsMigrations } from "../../settings/store/migrations.sql.ts";

/** The steps of every feature that keeps something in the database file. */
export const migrations: readonly Migration[] = [
  ...aheadMigrations,
  ...identityMigrations,
  ...budgetMigrations,
  ...replicaMigrations,
  ...ledgerMigrations,
  ...idempotencyMigrations,
  ...splitMigrations,
  ...feedbackMigrations,
  ...settingsMigrations,
  ...auditMigrations,
];

export interface Storage extends AsyncDisposable {
  readonly writer: SqliteWriter;
  readonly reader: SqliteReader;
  /** False while the writer is closed, and for a while after it has lost a write. */
  readonly isUp: () => boolean;
}

/** What is said of writes in the log of a process that the database has refused. */
export const lostMessage = "writes of a process that died were lost";

/** How long a lost write takes the process out of a load balancer. */
const recoveryMs = 30_000;

/**
 * *alone*: no other process writes to the file. *keeper*: none does yet, and this one opens it for
 * others. *worker*: others write to it, too.
 */
export type StorageRole = "alone" | "keeper" | "worker";

export interface StorageOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly role: StorageRole;
  /** For crash tests: see `SqliteWriterOptions`. */
  readonly crashAt: number | null;
}

/** Brings the database file up to date and opens it for this process. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { path, clock, log, role, crashAt } = options;
  // A newer program's logs are not ours to read, and those that were read are removed.
  if (role !== "worker") checkFile(path, migrations);
  // Before a migration: the writes were made for the tables as they were.
  const lostWrites = role === "worker" ? 0 : recoverAheadFiles(path);
  if (lostWrites > 0) log.error(lostMessage, { count: lostWrites });
  migrateFile(path, migrations, clock);
  let lostAtMs = -Infinity;
  const writer = await SqliteWriter.open({
    path,
    clock,
    crashAt,
    onLoss: (failure) => {
      lostAtMs = clock.monotonicMs();
      log.error("writes were lost", { error: failure });
    },
  });
  if (role === "alone") await writer.goAhead(ownLog);
  const reader = SqliteReader.open(path);
  return {
    writer,
    reader,
    isUp: () => writer.isOpen && clock.monotonicMs() - lostAtMs > recoveryMs,
    async [Symbol.asyncDispose]() {
      reader.close();
      await writer.close();
      if (crashAt !== null) log.info("steps towards durability", { count: writer.stepsPassed });
    },
  };
}
