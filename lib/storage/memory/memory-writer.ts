import type { Clock, Timer } from "../../time/clock.ts";
import { AheadCommits } from "../ahead/ahead-commits.ts";
import { openedLog, type AheadLog, type AheadLogs } from "../ahead/ahead-log.ts";
import { takeOverAhead } from "../ahead/recover-ahead.ts";
import { BatchExecutor } from "../commits/batch-executor.ts";
import type { Batch } from "../commits/batch.ts";
import { GroupCommit, type GroupCommitOptions } from "../commits/group-commit.ts";
import { storageFailure, type StorageError } from "../storage-failure.ts";
import type { Durability, Write, Writer } from "../writer.ts";
import { heirOf, leftOnDisk, MemoryAheadLog } from "./memory-ahead-log.ts";
import type { MemoryDisk } from "./memory-disk.ts";

export interface MemoryWriterOptions {
  readonly disk: MemoryDisk;
  readonly clock: Clock;
  readonly onLoss: GroupCommitOptions["onLoss"];
  /** From sending a batch to its answer; the transaction happens half-way. */
  readonly latencyMs?: (durability: Durability) => number;
  /** See `GroupCommitOptions`. Default 32,768. */
  readonly maxWaitingWrites?: number;
}

/** What was measured of the real one. */
const measuredLatencyMs = (durability: Durability): number => (durability === "power" ? 0.4 : 0.1);

/**
 * The writer of one simulated process. It runs the same SQL in the same batches as
 * `SqliteWriter`, in virtual time, and can be paused, made to fail, and crashed.
 */
export class MemoryWriter implements Writer, AheadLogs {
  readonly #disk: MemoryDisk;
  readonly #clock: Clock;
  readonly #latencyMs: (durability: Durability) => number;
  readonly #executor: BatchExecutor;
  readonly #group: GroupCommit;
  #ahead: AheadCommits | null = null;
  #timer: Timer | null = null;
  #isPaused = false;
  /** What has not reached the database when it paused. */
  #held: (() => void)[] = [];
  #failsWith: StorageError | null = null;
  #isCrashed = false;

  constructor(options: MemoryWriterOptions) {
    const { disk, clock, onLoss, latencyMs, maxWaitingWrites } = options;
    this.#disk = disk;
    this.#clock = clock;
    this.#latencyMs = latencyMs ?? measuredLatencyMs;
    this.#executor = new BatchExecutor(disk.database, disk, () => {});
    const send = (batch: Batch): void => this.#start(batch);
    this.#group = new GroupCommit({ clock, onLoss, send, maxWaitingWrites });
  }

  commit(writes: readonly Write[], durability: Durability): Promise<void> {
    if (this.#isCrashed) return neverSettles();
    return this.#ahead?.commit(writes, durability) ?? this.#group.commit(writes, durability);
  }

  enqueue(writes: readonly Write[]): void {
    if (!this.#isCrashed) this.#group.enqueue(writes);
  }

  flush(): Promise<void> {
    if (this.#isCrashed) return neverSettles();
    this.#ahead?.flush();
    return this.#group.flush();
  }

  close(): Promise<void> {
    if (this.#isCrashed) return Promise.resolve();
    this.#ahead?.flush();
    return this.#group.close();
  }

  async goAhead(name: string): Promise<void> {
    if (this.#isCrashed) return neverSettles();
    const log = this.#mortal(name);
    this.#ahead?.flush();
    this.#ahead = null;
    await this.#group.commit([openedLog(name)], "process");
    this.#ahead = new AheadCommits(this.#clock, this.#group, log);
  }

  takeOver(name: string): Promise<number> {
    if (this.#isCrashed) return neverSettles();
    return new Promise((resolve, reject) => this.#takeOver(name, { resolve, reject }));
  }

  /** Batches that have not reached the database wait for `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const again of this.#held.splice(0)) again();
  }

  /** Every transaction fails so, with nothing applied, until it is called with null. */
  failWith(error: StorageError | null): void {
    this.#failsWith = error;
  }

  /**
   * The process dies: what had not reached the database is gone, nothing is ever answered, and
   * calls that still come are those of a ghost. The batch under way may or may not be applied.
   */
  crash(): void {
    this.#isCrashed = true;
    this.#timer?.cancel();
    this.#held = [];
  }

  /** What waits for the end of its turn in a crash is not kept any more. */
  #mortal(name: string): AheadLog {
    const log = new MemoryAheadLog(this.#disk, name);
    return {
      name,
      append: (writes) => (this.#isCrashed ? null : log.append(writes)),
      applied: (place) => log.applied(place),
    };
  }

  #takeOver(name: string, waiting: Pick<PromiseWithResolvers<number>, "resolve" | "reject">): void {
    const halfMs = this.#latencyMs("power") / 2;
    this.#after(halfMs, () => {
      if (this.#isPaused) return void this.#held.push(() => this.#takeOver(name, waiting));
      const error = this.#failsWith;
      if (error !== null) {
        const failure = storageFailure(`take over log "${name}"`, error);
        return this.#after(halfMs, () => waiting.reject(failure));
      }
      const lostWrites = takeOverAhead(heirOf(this.#disk), leftOnDisk(this.#disk, name));
      this.#after(halfMs, () => waiting.resolve(lostWrites));
    });
  }

  #start(batch: Batch): void {
    const halfMs = this.#latencyMs(batch.durability) / 2;
    this.#after(halfMs, () => this.#apply(batch, halfMs));
  }

  #apply(batch: Batch, answerMs: number): void {
    if (this.#isPaused) {
      this.#held.push(() => this.#start(batch));
      return;
    }
    const error = this.#failsWith;
    if (error !== null) {
      this.#executor.learn(batch);
      this.#after(answerMs, () => this.#group.settle({ kind: "transaction_failed", error }));
      return;
    }
    const outcome = this.#executor.run(batch);
    this.#after(answerMs, () => this.#group.settle(outcome));
  }

  #after(delayMs: number, run: () => void): void {
    this.#timer = this.#clock.after(delayMs, () => {
      // The group's own timers outlive a crash and may still send.
      if (!this.#isCrashed) run();
    });
  }
}

const neverSettles = (): Promise<never> => new Promise(() => {});
