import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock } from "../../time/clock.ts";
import { AheadCommits } from "../ahead/ahead-commits.ts";
import { AheadFiles } from "../ahead/ahead-files.ts";
import { openedLog, ownLog, type AheadLogs } from "../ahead/ahead-log.ts";
import type { Batch, BatchOutcome } from "../commits/batch.ts";
import { GroupCommit, type GroupCommitOptions } from "../commits/group-commit.ts";
import { storageFailure, type StorageError } from "../storage-failure.ts";
import type { Durability, Write, Writer } from "../writer.ts";
import { CrashPoints, newStepCounter } from "./crash-points.ts";

export interface SqliteWriterOptions {
  /** The database file, with every migration applied. */
  readonly path: string;
  readonly clock: Clock;
  /** Called for writes of `enqueue` that will never be durable. */
  readonly onLoss: GroupCommitOptions["onLoss"];
  /** See `GroupCommitOptions`. Default 32,768. */
  readonly maxWaitingWrites?: number;
  /**
   * Are deleted bytes overwritten? For files of which something is to be gone for good: with
   * `emptyLog` it stands nowhere in them. Default: their pages are used again some time.
   */
  readonly overwritesDeleted?: boolean;
  /** For crash tests: kills this process at that step towards durability; 0 only counts them. */
  readonly crashAt?: number | null;
}

/** At which step this process is killed, and where its threads count them. */
export interface CrashPlan {
  readonly at: number;
  readonly counter: Int32Array;
}

/** What the thread is started with. */
export interface ThreadStart {
  readonly path: string;
  readonly overwritesDeleted: boolean;
  /** Null when steps are not counted. */
  readonly crash: CrashPlan | null;
}

export type MessageToThread = Batch | { readonly takeOver: string } | "close" | "empty log";

/** What became of a log that was to be taken over. */
export type TakeOverOutcome = { readonly lostWrites: number } | { readonly error: StorageError };

export type MessageFromThread =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly error: StorageError }
  | { readonly kind: "log emptied"; readonly isEmpty: boolean }
  | { readonly kind: "taken over"; readonly outcome: TakeOverOutcome }
  | { readonly kind: "outcome"; readonly outcome: BatchOutcome };

const startThread = (start: ThreadStart): Worker => {
  // The extension is the one this file runs with: packed builds hold JavaScript.
  const thread = new URL(`./sqlite-writer-thread${extname(import.meta.filename)}`, import.meta.url);
  return new Worker(new URL("./sqlite-writer-boot.js", import.meta.url), {
    name: "sqlite-writer",
    argv: [thread.href],
    workerData: start,
  });
};

/**
 * The one writer of this process on a SQLite file, in a thread of its own. Several processes may
 * have one each on the same file; they take turns and wait up to 5 s for each other.
 *
 * Measured on two cores: 0.1 ms for a lone commit at process durability, 5 us of CPU for a row in
 * batches of 64.
 */
export class SqliteWriter implements Writer, AheadLogs, AsyncDisposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #thread: Worker;
  readonly #group: GroupCommit;
  readonly #opened = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #crash: CrashPoints | null;
  #closed: Promise<void> | null = null;
  #ahead: { readonly files: AheadFiles; readonly commits: AheadCommits } | null = null;
  /** Who waits for the log to be emptied, and for logs of others to be taken over, in order. */
  #emptying: PromiseWithResolvers<boolean>[] = [];
  #takingOver: PromiseWithResolvers<TakeOverOutcome>[] = [];

  private constructor(options: SqliteWriterOptions) {
    const { path, clock, onLoss, maxWaitingWrites, crashAt = null } = options;
    const { overwritesDeleted = false } = options;
    this.#path = path;
    this.#clock = clock;
    const crash = crashAt === null ? null : { at: crashAt, counter: newStepCounter() };
    this.#crash = crash === null ? null : new CrashPoints(crash.at, crash.counter);
    const send = (batch: Batch): void => this.#post(batch);
    this.#group = new GroupCommit({ clock, onLoss, send, maxWaitingWrites });
    this.#thread = startThread({ path, overwritesDeleted, crash });
    this.#thread.on("message", (message: MessageFromThread) => this.#receive(message));
    this.#thread.on("error", (error: unknown) => {
      this.#die(`the writer thread failed: ${String(error)}`);
    });
    this.#thread.on("exit", (code) => {
      this.#die(`the writer thread ended with code ${code}`);
      this.#exited.resolve();
    });
  }

  /** Rejects with Failure `storage_unavailable` when the file cannot be opened. */
  static async open(options: SqliteWriterOptions): Promise<SqliteWriter> {
    const writer = new SqliteWriter(options);
    await writer.#opened.promise;
    return writer;
  }

  /** False once it was closed or its thread died: nothing is accepted any more. */
  get isOpen(): boolean {
    return this.#group.isOpen;
  }

  /** How long the commit has waited that waits longest. */
  get oldestWaitMs(): number {
    return this.#group.oldestWaitMs;
  }

  /** With `crashAt`: how many steps were taken. Else 0. */
  get stepsPassed(): number {
    return this.#crash?.passed ?? 0;
  }

  commit(writes: readonly Write[], durability: Durability): Promise<void> {
    const ahead = this.#ahead?.commits.commit(writes, durability);
    return ahead ?? this.#group.commit(writes, durability);
  }

  enqueue(writes: readonly Write[]): void {
    this.#group.enqueue(writes);
  }

  flush(): Promise<void> {
    this.#ahead?.commits.flush();
    return this.#group.flush();
  }

  /**
   * Copies what was written into the database file and cuts the log to nothing: what was deleted
   * before is in neither. False where somebody else holds the log; it can be asked for again.
   */
  async emptyLog(): Promise<boolean> {
    await this.flush();
    if (!this.isOpen) return false;
    const waiting = Promise.withResolvers<boolean>();
    this.#emptying.push(waiting);
    this.#post("empty log");
    return waiting.promise;
  }

  async goAhead(name: string): Promise<void> {
    const step = (): void => this.#crash?.pass();
    // Emptied before the database knows of them: it would look for blocks of another log there.
    const files = new AheadFiles({ path: this.#path, name, isShared: name !== ownLog, step });
    const former = this.#ahead;
    former?.commits.flush();
    this.#ahead = null;
    former?.files[Symbol.dispose]();
    try {
      await this.#group.commit([openedLog(name)], "process");
    } catch (error) {
      files[Symbol.dispose]();
      throw error;
    }
    this.#ahead = { files, commits: new AheadCommits(this.#clock, this.#group, files) };
  }

  async takeOver(name: string): Promise<number> {
    const action = `take over log "${name}"`;
    const closed: StorageError = { code: "storage_unavailable", message: "the writer is closed" };
    if (!this.isOpen) throw storageFailure(action, closed);
    const waiting = Promise.withResolvers<TakeOverOutcome>();
    this.#takingOver.push(waiting);
    this.#post({ takeOver: name });
    const outcome = await waiting.promise;
    if ("error" in outcome) throw storageFailure(action, outcome.error);
    return outcome.lostWrites;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#ahead?.commits.flush();
    await this.#group.close();
    this.#post("close");
    await this.#exited.promise;
    this.#ahead?.files[Symbol.dispose]();
  }

  #post(message: MessageToThread): void {
    this.#thread.postMessage(message);
  }

  #receive(message: MessageFromThread): void {
    if (message.kind === "ready") {
      this.#opened.resolve();
    } else if (message.kind === "refused") {
      this.#refuse(message.error);
    } else if (message.kind === "log emptied") {
      this.#emptying.shift()?.resolve(message.isEmpty);
    } else if (message.kind === "taken over") {
      this.#takingOver.shift()?.resolve(message.outcome);
    } else {
      this.#group.settle(message.outcome);
    }
  }

  #die(message: string): void {
    this.#refuse({ code: "storage_unavailable", message });
  }

  #refuse(error: StorageError): void {
    // Only the first of these says anything; an opened writer stays opened.
    this.#opened.reject(storageFailure(`open ${this.#path}`, error));
    this.#group.die(error);
    for (const { resolve } of this.#emptying.splice(0)) resolve(false);
    for (const { resolve } of this.#takingOver.splice(0)) resolve({ error });
  }
}
