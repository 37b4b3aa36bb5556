import type { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import type { Random } from "../../random/random.ts";
import type { Clock } from "../../time/clock.ts";
import { registerChainFunctions } from "../chains/chain-functions.ts";
import type { Transactions } from "../commits/batch-executor.ts";
import { registerHistogramFunctions } from "../database/histogram-functions.ts";
import { SqliteReader } from "../database/sqlite-reader.ts";
import type { Reader } from "../reader.ts";
import type { Durability } from "../writer.ts";

/** How old a commit may become before the machine has it on disk by itself. */
const defaultWriteBackMs = 1_000;

/** Savepoints that SQLite has to keep apart; more are written back early. */
const maxUnsynced = 1_000;

/** What stands on the disk of a log ahead of its database. */
export interface KeptLog {
  readonly blocks: Buffer[];
  /** Its process keeps nothing in it any more. */
  isSeized: boolean;
}

/**
 * A machine's disk for simulations: an SQLite database in memory that knows which transactions a
 * power cut would take. A transaction at process durability is safe from a crash of the process
 * at once, but from a power cut only after `writeBackMs`, or after a later transaction at power
 * durability. Several `MemoryWriter`s may share it, as processes of one host share a file.
 *
 * Each transaction that is not safe yet is an open savepoint; giving them up is rolling back.
 */
export class MemoryDisk implements Transactions {
  readonly database = new DatabaseSync(":memory:");
  /** By name, what was written ahead of the database, and a power cut takes. */
  readonly ahead = new Map<string, KeptLog>();
  readonly #clock: Clock;
  readonly #writeBackMs: number;
  #unsynced = 0;
  #oldestMs = 0;
  #durability: Durability = "process";

  constructor(clock: Clock, writeBackMs: number = defaultWriteBackMs) {
    this.#clock = clock;
    this.#writeBackMs = writeBackMs;
    registerHistogramFunctions(this.database);
    registerChainFunctions(this.database);
  }

  /** Transactions that a power cut would take. */
  get unsynced(): number {
    return this.#unsynced;
  }

  /** Sees everything committed. Closing it leaves the database open. */
  openReader(): Reader {
    return new SqliteReader(this.database, () => undefined);
  }

  begin(durability: Durability): void {
    const isOld = this.#clock.monotonicMs() - this.#oldestMs >= this.#writeBackMs;
    if (this.#unsynced >= maxUnsynced || (this.#unsynced > 0 && isOld)) this.sync();
    this.database.exec("SAVEPOINT batch");
    this.#durability = durability;
  }

  commit(): void {
    if (this.#unsynced === 0) this.#oldestMs = this.#clock.monotonicMs();
    this.#unsynced += 1;
    if (this.#durability === "power") this.sync();
  }

  rollback(): void {
    this.database.exec("ROLLBACK TO batch; RELEASE batch");
  }

  /** Makes everything committed safe. Needed before a statement that opens its own transaction. */
  sync(): void {
    if (this.database.isTransaction) this.database.exec("COMMIT");
    this.#unsynced = 0;
  }

  /**
   * Takes some of the newest unsafe transactions away, as many as `random` says: the log on disk
   * ends somewhere. Returns how many. The writers on this disk must have crashed before.
   */
  losePower(random: Random): number {
    const lost = random.uint32() % (this.#unsynced + 1);
    for (let n = 0; n < lost; n++) this.rollback();
    this.sync();
    this.ahead.clear();
    return lost;
  }
}
