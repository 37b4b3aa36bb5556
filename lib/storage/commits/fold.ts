import { histogramBytesOf } from "../../telemetry/histogram-bytes.ts";
import { Histogram } from "../../telemetry/histogram.ts";
import type { Fold, Passing, SqlValue, Write } from "../writer.ts";

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
 * sum beyond 2^53) stays by itself. Rows that are made and removed again are left out, and so is
 * what a later write says as well. The writes given are never changed.
 */
export const foldWrites = (writes: readonly Write[]): readonly Write[] => {
  const folding = new Folding();
  for (const write of writes) folding.add(write);
  return folding.finish();
};

/** The same, write by write. */
export class Folding {
  readonly #folds = new Map<string, Folded>();
  /**
   * Where rows were made that may go again, by `endOf` their key: of a text that is asked for once
   * a Map of texts makes one that V8 keeps among its names, which takes 0.4 us.
   */
  readonly #made = new Map<number, number>();
  /** Where the latest of its key stands. */
  readonly #latest = new Map<string, number>();
  readonly #result: (Write | null)[] = [];
  #hasGone = false;

  add(write: Write): void {
    const { fold, passing, latest } = write;
    if (fold !== undefined) this.#fold(write, fold);
    else if (passing !== undefined) this.#pass(write, passing);
    else if (latest !== undefined) {
      this.#goes(this.#latest.get(latest));
      this.#latest.set(latest, this.#result.push(write) - 1);
    } else this.#result.push(write);
  }

  finish(): readonly Write[] {
    for (const folded of this.#folds.values()) folded.finish();
    // Without one that has gone all of them are writes.
    if (!this.#hasGone) return this.#result as Write[];
    return this.#result.filter((write) => write !== null);
  }

  #pass(write: Write, { key, is }: Passing): void {
    if (is === "made") {
      this.#made.set(endOf(key), this.#result.push(write) - 1);
      return;
    }
    const place = this.#made.get(endOf(key));
    // Another key may end the same: its row and this one's are sent then, which is as good.
    if (place !== undefined && this.#result[place]?.passing?.key === key) this.#goes(place);
    else this.#result.push(write);
  }

  #goes(place: number | undefined): void {
    if (place === undefined) return;
    this.#result[place] = null;
    this.#hasGone = true;
  }

  #fold(write: Write, fold: Fold): void {
    const target = this.#folds.get(fold.key);
    if (target === undefined) {
      const folded = new Folded(write, fold);
      this.#folds.set(fold.key, folded);
      this.#result.push(folded);
    } else if (target.accepts(write, fold)) target.add(write.params);
    else this.#result.push(unfolded(write));
  }
}

/** A number of the last characters, in which keys of one time differ. */
function endOf(key: string): number {
  let end = 0;
  for (let at = Math.max(0, key.length - 6); at < key.length; at++) {
    end = (Math.imul(end, 33) + key.charCodeAt(at)) | 0;
  }
  return end;
}
