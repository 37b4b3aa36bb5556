import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../time/clock.ts";

export interface CheckpointOptions {
  /** The log is copied when nothing was written for this long: rarely between two requests. */
  readonly idleMs: number;
  /** The log's size is looked at once in so many commits. */
  readonly commitsPerLook: number;
  /** Beyond this it is copied although writers wait. */
  readonly softWalBytes: number;
  /** Beyond this it is emptied even if that means waiting for readers. */
  readonly hardWalBytes: number;
  /** A log that starts anew is cut to this size, so that its size says how full it is. */
  readonly keptWalBytes: number;
  /** Brings a file's bytes to the disk without holding up this thread. */
  readonly syncFile: (path: string) => Promise<void>;
}

const mebibyte = 1_024 * 1_024;

const syncFile = async (path: string): Promise<void> => {
  await using file = await open(path, "r");
  await file.datasync();
};

const defaultOptions: CheckpointOptions = {
  idleMs: 250,
  commitsPerLook: 16,
  softWalBytes: 16 * mebibyte,
  hardWalBytes: 128 * mebibyte,
  keptWalBytes: 4 * mebibyte,
  syncFile,
};

/**
 * Copies the write-ahead log into the database file while nobody writes, or when the log is long;
 * from then on SQLite itself never does on this connection.
 *
 * The log is synced first, in the background: 900 commits per second are then held up for 1 % of
 * the time by checkpoints of 16 MiB, instead of 3 %.
 */
export class Checkpointer {
  readonly #database: DatabaseSync;
  readonly #walPath: string;
  readonly #clock: Clock;
  readonly #options: CheckpointOptions;
  #lastCommitMs = 0;
  #commitsSinceLook = 0;
  #isWatching = false;
  #isSyncing = false;
  /** The next size that forces a copy: a reader may have kept the log from starting anew. */
  #forceAtBytes: number;

  constructor(database: DatabaseSync, clock: Clock, options: CheckpointOptions = defaultOptions) {
    this.#database = database;
    this.#walPath = `${database.location() ?? ""}-wal`;
    this.#clock = clock;
    this.#options = options;
    this.#forceAtBytes = options.softWalBytes;
    database.exec("PRAGMA wal_autocheckpoint = 0");
    database.exec(`PRAGMA journal_size_limit = ${options.keptWalBytes}`);
  }

  /** To be called after each commit. */
  committed(): void {
    this.#lastCommitMs = this.#clock.monotonicMs();
    if (!this.#isWatching) this.#watch(this.#options.idleMs);
    // Asking the file system costs a lone commit a tenth of its CPU.
    this.#commitsSinceLook += 1;
    if (this.#commitsSinceLook >= this.#options.commitsPerLook) this.#look();
  }

  /** Copies all of the log and cuts it to nothing; false where somebody still reads there. */
  empty(): boolean {
    this.#checkpoint("TRUNCATE");
    return this.#walBytes() === 0;
  }

  #look(): void {
    this.#commitsSinceLook = 0;
    const { softWalBytes, hardWalBytes } = this.#options;
    const walBytes = this.#walBytes();
    if (walBytes < softWalBytes) this.#forceAtBytes = softWalBytes;
    if (walBytes < this.#forceAtBytes) return;
    this.#forceAtBytes = walBytes + softWalBytes;
    if (walBytes >= hardWalBytes) this.#checkpoint("TRUNCATE");
    else void this.#syncThenCheckpoint();
  }

  #watch(delayMs: number): void {
    this.#isWatching = true;
    this.#clock.after(delayMs, () => {
      this.#isWatching = false;
      const restMs = this.#lastCommitMs + this.#options.idleMs - this.#clock.monotonicMs();
      if (restMs > 0) this.#watch(restMs);
      else void this.#syncThenCheckpoint();
    });
  }

  async #syncThenCheckpoint(): Promise<void> {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    try {
      await this.#options.syncFile(this.#walPath);
    } catch {
      // The checkpoint itself syncs what it copies, and then it is the one that takes long.
    }
    this.#isSyncing = false;
    this.#checkpoint("PASSIVE");
  }

  #checkpoint(mode: "PASSIVE" | "TRUNCATE"): void {
    if (!this.#database.isOpen) return;
    try {
      this.#database.exec(`PRAGMA wal_checkpoint(${mode})`);
    } catch {
      // Disk full or locked. Nothing is lost, every commit is in the log; the next one tries again.
    }
  }

  #walBytes(): number {
    return statSync(this.#walPath, { throwIfNoEntry: false })?.size ?? 0;
  }
}
