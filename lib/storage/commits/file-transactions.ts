import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Durability } from "../writer.ts";
import type { Transactions } from "./batch-executor.ts";

const synchronousOf = { process: "NORMAL", power: "FULL" } as const satisfies Record<
  Durability,
  string
>;

/** Transactions on a database file in WAL mode, durable at the level asked for. */
export class FileTransactions implements Transactions {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #durability: Durability | null = null;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // IMMEDIATE: a transaction that reads first and upgrades later cannot wait for another writer.
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  begin(durability: Durability): void {
    if (durability !== this.#durability) {
      // Inside a transaction SQLite ignores this pragma without a word.
      this.#database.exec(`PRAGMA synchronous = ${synchronousOf[durability]}`);
      this.#durability = durability;
    }
    this.#begin.run();
  }

  commit(): void {
    this.#commit.run();
  }

  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }
}
