import type { Clock, Timer } from "../time/clock.ts";
import { AheadCommits } from "./ahead-commits.ts";
import type { AheadLog } from "./ahead-log.ts";
import type { Batch } from "./batch.ts";
import { BatchExecutor } from "./batch-executor.ts";
import { GroupCommit, type GroupCommitOptions } from "./group-commit.ts";
import { MemoryAheadLog } from "./memory-ahead-log.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import type { StorageError } from "./storage-failure.ts";
import type { Durability, Write, Writer } from "./writer.ts";

export interface MemoryWriterOptions {
  readonly disk: MemoryDisk;
  readonly clock: Clock;
  readonly onLoss: GroupCommitOptions["onLoss"];
  /** From sending a batch to its answer; the transaction happens half-way. */
  readonly latencyMs?: (durability: Durability) => number;
  /** See `GroupCommitOptions`. Default 32,768. */
  readonly maxWaitingWrites?: number;
  /** Has it the disk for itself, and may go ahead of the database? Default: no. */
  readonly goesAhead?: boolean;
}

/** What was measured of the real one. */
const measuredLatencyMs = (durability: Durability): number => (durability === "power" ? 0.4 : 0.1);

/**
 * The writer of one simulated process. It runs the same SQL in the same batches as
 * `SqliteWriter`, in virtual time, and can be paused, made to fail, and crashed.
 */
export class MemoryWriter implements Writer {
  readonly #clock: Clock;
  readonly #latencyMs: (durability: Durability) => number;
  readonly #executor: BatchExecutor;
  readonly #group: GroupCommit;
  readonly #ahead: AheadCommits | null;
  #timer: Timer | null = null;
  #isPaused = false;
  #held: Batch | null = null;
  #failsWith: StorageError | null = null;
  #isCrashed = false;

  constructor(options: MemoryWriterOptions) {
    const { disk, clock, onLoss, latencyMs, maxWaitingWrites, goesAhead = false } = options;
    this.#clock = clock;
    this.#latencyMs = latencyMs ?? measuredLatencyMs;
    this.#executor = new BatchExecutor(disk.database, disk, () => {});
    const send = (batch: Batch): void => this.#start(batch);
    this.#group = new GroupCommit({ clock, onLoss, send, maxWaitingWrites });
    this.#ahead = goesAhead ? new AheadCommits(clock, this.#group, this.#mortal(disk)) : null;
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

  /** Batches that have not reached the database wait for `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#start(held);
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
    this.#held = null;
  }

  /** What waits for the end of its turn in a crash is not kept any more. */
  #mortal(disk: MemoryDisk): AheadLog {
    const log = new MemoryAheadLog(disk);
    return {
      append: (writes) => (this.#isCrashed ? null : log.append(writes)),
      applied: (place) => log.applied(place),
    };
  }

  #start(batch: Batch): void {
    const halfMs = this.#latencyMs(batch.durability) / 2;
    this.#after(halfMs, () => this.#apply(batch, halfMs));
  }

  #apply(batch: Batch, answerMs: number): void {
    if (this.#isPaused) {
      this.#held = batch;
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
