import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { streamMigrations } from "@sekisho/gateway/responses/store/migrations.sql.ts";
import { hourOf, type StreamFiles } from "@sekisho/gateway/responses/store/sqlite.ts";
import { migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import { createShrinking } from "@sekisho/lib/storage/database/open-database.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/writer-thread/sqlite-writer.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

export interface StreamFilesOptions {
  /** The data folder. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: GatewayLog;
  /** Hours that are over for so long are dropped whole. */
  readonly keepHours: number;
}

/** A writer has a thread: that of an hour is closed when no stream of the hour can still run. */
const writerHours = 2;
const upkeepMs = 60_000;

const nameShape = /^streams-(\d{1,9})\.db$/;
/** Of the file of an hour. */
export const streamFileName = (hour: number): string => `streams-${hour}.db`;

/**
 * The files of streams in the data folder: one for each hour in which there was a stream, opened
 * when it is first asked for, and dropped as a whole when it is old.
 */
export class HourlyStreamFiles implements StreamFiles, AsyncDisposable {
  readonly #options: StreamFilesOptions;
  readonly #writers = new Map<number, Promise<SqliteWriter>>();
  readonly #readers = new Map<number, SqliteReader>();
  #known: Set<number>;
  #timer: Timer | null = null;

  constructor(options: StreamFilesOptions) {
    this.#options = options;
    this.#known = new Set(hoursIn(options.path));
    this.#drop();
    this.#tend();
  }

  hours(): readonly number[] {
    return [...this.#known].sort((a, b) => b - a);
  }

  writer(hour: number): Promise<Writer> {
    const known = this.#writers.get(hour);
    if (known !== undefined) return known;
    const opening = this.#open(hour);
    this.#writers.set(hour, opening);
    // The next who asks tries again.
    opening.catch(() => this.#writers.delete(hour));
    return opening;
  }

  reader(hour: number): SqliteReader | null {
    const known = this.#readers.get(hour);
    if (known !== undefined) return known;
    if (!this.#known.has(hour)) return null;
    const reader = SqliteReader.open(this.#fileOf(hour));
    this.#readers.set(hour, reader);
    return reader;
  }

  /** What is in the files, whether it still stands in their logs or not. */
  usedBytes(): number {
    let bytes = 0;
    for (const hour of this.#known) bytes += pageBytes(this.reader(hour));
    return bytes;
  }

  /** Drops hours before this one in which nothing is left. */
  async dropEmpty(): Promise<void> {
    for (const hour of this.hours()) {
      if (!this.#isEmpty(hour)) continue;
      const opening = this.#writers.get(hour);
      this.#writers.delete(hour);
      if (opening !== undefined) await closed(opening);
      // A call that began in that hour and has read its body since then may have come meanwhile.
      if (!this.#writers.has(hour) && this.#isEmpty(hour)) this.#remove(hour);
    }
  }

  async scrub(hour: number): Promise<boolean> {
    if (!this.#known.has(hour)) return true;
    await this.writer(hour);
    // Of an hour that is over the writer is closed again by the upkeep.
    return (await this.#writers.get(hour)?.then((writer) => writer.emptyLog())) ?? true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
    const writers = [...this.#writers.values()];
    this.#writers.clear();
    await Promise.all(writers.map((opening) => closed(opening)));
  }

  async #open(hour: number): Promise<SqliteWriter> {
    const { clock, log } = this.#options;
    const path = this.#fileOf(hour);
    createShrinking(path);
    migrateFile(path, streamMigrations, clock);
    this.#known.add(hour);
    return SqliteWriter.open({
      path,
      clock,
      overwritesDeleted: true,
      onLoss: (error) => log.error("writes of streams were lost", { error }),
    });
  }

  #fileOf(hour: number): string {
    return join(this.#options.path, streamFileName(hour));
  }

  #tend(): void {
    this.#timer = this.#options.clock.after(upkeepMs, () => {
      const oldest = this.#hourNow() - writerHours;
      for (const [hour, opening] of this.#writers) {
        if (hour >= oldest) continue;
        this.#writers.delete(hour);
        void closed(opening);
      }
      this.#drop();
      this.#tend();
    });
  }

  #isEmpty(hour: number): boolean {
    if (!this.#known.has(hour) || hour >= this.#hourNow()) return false;
    return !hasStreams(this.reader(hour));
  }

  #hourNow(): number {
    return hourOf(this.#options.clock.wallMs());
  }

  #drop(): void {
    const oldest = this.#hourNow() - this.#options.keepHours;
    for (const hour of this.#known) {
      if (hour >= oldest || this.#writers.has(hour)) continue;
      this.#remove(hour);
    }
  }

  #remove(hour: number): void {
    this.#readers.get(hour)?.close();
    this.#readers.delete(hour);
    this.#known.delete(hour);
    const file = this.#fileOf(hour);
    for (const each of [file, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
  }
}

function pageBytes(reader: SqliteReader | null): number {
  const row = reader?.get(
    `SELECT (page_count - freelist_count) * page_size AS bytes
      FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  return Number(row?.["bytes"] ?? 0);
}

const hasStreams = (reader: SqliteReader | null): boolean =>
  reader?.get("SELECT 1 FROM streams LIMIT 1") !== undefined;

const hoursIn = (folder: string): number[] =>
  readdirSync(folder).flatMap((name) => {
    const hour = nameShape.exec(name)?.[1];
    return hour === undefined ? [] : [Number(hour)];
  });

/** One that could not be opened has nothing to close. */
const closed = (opening: Promise<SqliteWriter>): Promise<void> =>
  opening.then((writer) => writer.close()).catch(() => {});
