import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RowChain } from "../row-chain.ts";
import type { SqlValue } from "../writer.ts";
import { chainStart, storedHash, type ChainValue } from "./chain-hash.ts";
import { RowsHash } from "./rows-hash.ts";

/** The rows that the transaction under way has added to one chain. */
export class ChainedRows {
  readonly #values: number;
  readonly #head: StatementSync;
  readonly #seal: StatementSync;
  readonly #hash = new RowsHash();
  #isBegun = false;
  #count = 0;
  /** What there was when the unit began that may be undone; null: no row. */
  #kept: { readonly count: number; readonly length: number } | null = null;

  constructor(database: DatabaseSync, { values, headSql, sealSql }: RowChain) {
    this.#values = values;
    this.#head = database.prepare(headSql);
    this.#seal = database.prepare(sealSql);
  }

  /** A transaction begins. */
  reset(): void {
    this.#isBegun = false;
    this.#count = 0;
    this.#kept = null;
  }

  /** To be called before the row is inserted; throws TypeError when it cannot be hashed. */
  add(params: readonly SqlValue[]): void {
    if (!this.#isBegun) this.#begin();
    for (let index = 0; index < this.#values; index++) {
      this.#hash.add(chained(params[index] ?? null));
    }
    this.#count += 1;
  }

  /** What comes now may be undone. */
  keep(): void {
    this.#kept = this.#count === 0 ? null : { count: this.#count, length: this.#hash.length };
  }

  /** What came since `keep` was undone. */
  undo(): void {
    if (this.#kept === null) return this.reset();
    this.#count = this.#kept.count;
    this.#hash.cut(this.#kept.length);
  }

  /** To be called before the transaction ends. */
  seal(): void {
    if (this.#count > 0) this.#seal.run(this.#hash.digest());
  }

  #begin(): void {
    const newest = this.#head.get();
    this.#hash.begin(newest === undefined ? chainStart : storedHash(newest["hash"]));
    this.#isBegun = true;
  }
}

const chained = (value: SqlValue): ChainValue => {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("Cannot chain a row: it holds bytes or an integer beyond 2^53");
};
