import type { Durability, SqlValue, Write } from "../writer.ts";
import type { Batch, BatchStatement } from "./batch.ts";
import { Folding, unfolded } from "./fold.ts";

/** Statement texts are few and fixed; with more than this somebody builds SQL from values. */
const defaultMaxStatements = 1_024;

/** The writes of one `commit` or `enqueue`. */
export interface WriteGroup {
  readonly writes: readonly Write[];
  readonly durability: Durability;
}

/** Turns groups of writes into batches and remembers which statements the receiver has seen. */
export class BatchBuilder {
  readonly #maxStatements: number;
  readonly #numbers = new Map<string, number>();

  constructor(maxStatements: number = defaultMaxStatements) {
    this.#maxStatements = maxStatements;
  }

  /** One transaction for all, folded. */
  together(groups: readonly WriteGroup[]): Batch {
    const folding = new Folding();
    for (const group of groups) for (const write of group.writes) folding.add(write);
    return this.#build(groups, folding.finish(), null);
  }

  /** Each group for itself: nothing is folded, since one of them may fail alone. */
  apart(groups: readonly WriteGroup[]): Batch {
    const rowsOfUnit = groups.map((group) => group.writes.length);
    return this.#build(
      groups,
      groups.flatMap((group) => group.writes.map(unfolded)),
      rowsOfUnit,
    );
  }

  #build(
    groups: readonly WriteGroup[],
    writes: readonly Write[],
    rowsOfUnit: readonly number[] | null,
  ): Batch {
    const forgetStatements = this.#numbers.size >= this.#maxStatements;
    if (forgetStatements) this.#numbers.clear();
    const newStatements: BatchStatement[] = [];
    const rows: SqlValue[] = [];
    for (const write of writes) {
      const { params } = write;
      rows.push(this.#numberOf(write, newStatements), params.length);
      for (const param of params) rows.push(compact(param));
    }
    const isPower = groups.some((group) => group.durability === "power");
    const durability = isPower ? "power" : "process";
    return { durability, forgetStatements, newStatements, rows, rowsOfUnit };
  }

  #numberOf({ sql, chain }: Write, newStatements: BatchStatement[]): number {
    const known = this.#numbers.get(sql);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(sql, number);
    newStatements.push(chain === undefined ? sql : { sql, chain });
    return number;
  }
}

/** Cloning a view clones all the memory behind it: 8 KiB for a Buffer of 20 bytes. */
const compact = (param: SqlValue): SqlValue =>
  param instanceof Uint8Array && param.byteLength !== param.buffer.byteLength
    ? new Uint8Array(param)
    : param;
