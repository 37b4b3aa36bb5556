import { existsSync } from "node:fs";
import { cacheMigrations } from "@sekisho/gateway/cache/store/migrations.sql.ts";
import type { CacheFile } from "@sekisho/gateway/cache/store/sqlite.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/writer-thread/sqlite-writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";

export interface CacheFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: GatewayLog;
}

/** Of a file that could not be opened: until then nobody asks again. */
const retryMs = 10_000;

/**
 * The file of kept answers in the data folder. It is made with the first answer, and its writer's
 * thread with it: who keeps none has neither.
 */
export class LazyCacheFile implements CacheFile, AsyncDisposable {
  readonly #options: CacheFileOptions;
  #reader: SqliteReader | null = null;
  #writer: Promise<SqliteWriter> | null = null;
  #lookAtMs = -Infinity;

  constructor(options: CacheFileOptions) {
    this.#options = options;
  }

  get exists(): boolean {
    return this.#writer !== null || existsSync(this.#options.path);
  }

  reader(): SqliteReader | null {
    if (this.#reader !== null) return this.#reader;
    const { path, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#lookAtMs) return null;
    this.#lookAtMs = nowMs + retryMs;
    if (!existsSync(path)) return null;
    // Another process may be about to make it, or one of another version has.
    migrateFile(path, cacheMigrations, clock);
    this.#reader = SqliteReader.open(path);
    return this.#reader;
  }

  writer(): Promise<SqliteWriter> {
    if (this.#writer !== null) return this.#writer;
    const opening = this.#open();
    this.#writer = opening;
    opening.catch(() => {
      this.#options.clock.after(retryMs, () => (this.#writer = null));
    });
    return opening;
  }

  async scrub(): Promise<boolean> {
    return (await this.writer()).emptyLog();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader?.close();
    await this.#writer?.then((writer) => writer.close()).catch(() => {});
  }

  async #open(): Promise<SqliteWriter> {
    const { path, clock, log } = this.#options;
    migrateFile(path, cacheMigrations, clock);
    this.#lookAtMs = -Infinity;
    return SqliteWriter.open({
      path,
      clock,
      overwritesDeleted: true,
      onLoss: (error) => log.warn("kept answers were lost", { error }),
    });
  }
}
