import { histogramBytesOf } from "../telemetry/histogram-bytes.ts";
import { Histogram } from "../telemetry/histogram.ts";
import type { Fold, SqlValue, Write } from "./writer.ts";

/** The sum where SQLite keeps it exactly, else null. */
const addExactly = (a: SqlValue, b: SqlValue): number | bigint | null => {
  if (typeof a === "bigint" && typeof b === "bigint") return a + b;
  if (typeof a !== "number" || typeof b !== "number") return null;
  const sum = a + b;
  const exact = Number.isSafeInteger(sum) || !Number.isInteger(a) || !Number.isInteger(b);
  return exact ? sum : null;
};

const noValueBytes = new Histogram().toBytes();

/** The histogram of one sample; what is none stays as it is, for the database to refuse. */
const sampleBytes = (sample: SqlValue): SqlValue => {
  if (sample === null) return noValueBytes;
  return typeof sample === "number" ? histogramBytesOf(sample) : sample;
};

const isSample = (value: SqlValue | undefined): boolean =>
  value === null || typeof value === "number";

/** A write that others with its key are folded into. */
class Folded implements Write {
  readonly sql: string;
  readonly params: SqlValue[];
  readonly #from: number;
  readonly #samples: number;
  /** One for each sample, from the second write on: bytes are made once, at the end. */
  #histograms: readonly Histogram[] | null = null;

  constructor({ sql, params }: Write, { from, samples }: Fold) {
    this.sql = sql;
    this.params = [...params];
    this.#from = from;
    this.#samples = samples ?? params.length;
  }

  accepts({ sql, params }: Write, { from, samples }: Fold): boolean {
    if (sql !== this.sql || from !== this.#from) return false;
    if (params.length !== this.params.length) return false;
    if ((samples ?? params.length) !== this.#samples) return false;
    for (let index = from; index < params.length; index++) {
      const mine = this.params[index] ?? null;
      const other = params[index] ?? null;
      const isFit =
        index < this.#samples
          ? addExactly(mine, other) !== null
          : isSample(mine) && isSample(other);
      if (!isFit) return false;
    }
    return true;
  }

  add(params: readonly SqlValue[]): void {
    for (let index = this.#from; index < this.#samples; index++) {
      this.params[index] = addExactly(this.params[index] ?? null, params[index] ?? null);
    }
    if (this.#histograms === null) {
      this.#histograms = this.params.slice(this.#samples).map(() => new Histogram());
      this.#record(this.params);
    }
    this.#record(params);
  }

  finish(): this {
    for (let index = this.#samples; index < this.params.length; index++) {
      const histogram = this.#histograms?.[index - this.#samples];
      this.params[index] = histogram?.toBytes() ?? sampleBytes(this.params[index] ?? null);
    }
    return this;
  }

  #record(params: readonly SqlValue[]): void {
    for (const [offset, histogram] of (this.#histograms ?? []).entries()) {
      const sample = params[this.#samples + offset];
      if (typeof sample === "number") histogram.record(sample);
    }
  }
}

/** The write as the database is to see it when it is folded with no other. */
export const unfolded = (write: Write): Write =>
  write.fold?.samples === undefined ? write : new Folded(write, write.fold).finish();

/**
 * The same writes with those of one fold key made into one, which stands where the first of them
 * stood: it passes writes of other keys and of none. That is right for additive upserts, which
 * commute, and for nothing else. A write that cannot be added exactly (another statement, NULL, a
 * sum beyond 2^53) stays by itself. Rows that are made and removed again are left out. The writes
 * given are never changed.
 */
export const foldWrites = (writes: readonly Write[]): readonly Write[] => {
  const folds = new Map<string, Folded>();
  const made = new Map<string, number>();
  const result: (Write | null)[] = [];
  let hasGone = false;
  for (const write of writes) {
    const { fold, passing } = write;
    if (fold !== undefined) {
      const folded = foldedInto(folds, write, fold);
      if (folded !== null) result.push(folded);
    } else if (passing === undefined) {
      result.push(write);
    } else if (passing.is === "made") {
      made.set(passing.key, result.push(write) - 1);
    } else {
      const maker = made.get(passing.key);
      if (maker === undefined) result.push(write);
      else result[maker] = null;
      hasGone ||= maker !== undefined;
    }
  }
  for (const folded of folds.values()) folded.finish();
  // Without a row that has gone all of them are writes.
  return hasGone ? result.filter((write) => write !== null) : (result as Write[]);
};

/** What stands for the write in its place; null where an earlier one does. */
const foldedInto = (folds: Map<string, Folded>, write: Write, fold: Fold): Write | null => {
  const target = folds.get(fold.key);
  if (target === undefined) {
    const folded = new Folded(write, fold);
    folds.set(fold.key, folded);
    return folded;
  }
  if (!target.accepts(write, fold)) return unfolded(write);
  target.add(write.params);
  return null;
};
