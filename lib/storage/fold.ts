import { Histogram } from "../telemetry/histogram.ts";
import type { SqlValue, Write } from "./writer.ts";

/** The sum where SQLite keeps it exactly, else null. */
const addExactly = (a: SqlValue, b: SqlValue): number | bigint | null => {
  if (typeof a === "bigint" && typeof b === "bigint") return a + b;
  if (typeof a !== "number" || typeof b !== "number") return null;
  const sum = a + b;
  const exact = Number.isSafeInteger(sum) || !Number.isInteger(a) || !Number.isInteger(b);
  return exact ? sum : null;
};

/** A write that others with its key are folded into. */
class Folded implements Write {
  readonly sql: string;
  readonly params: SqlValue[];
  readonly #from: number;
  /** Histograms in the making, by parameter: they become bytes once, at the end. */
  readonly #histograms: (Histogram | undefined)[] = [];

  constructor(write: Write, from: number) {
    this.sql = write.sql;
    this.params = [...write.params];
    this.#from = from;
  }

  accepts(write: Write, from: number): boolean {
    const { params } = write;
    if (write.sql !== this.sql || from !== this.#from) return false;
    if (params.length !== this.params.length) return false;
    for (let index = from; index < params.length; index++) {
      const sum = this.params[index] ?? null;
      const param = params[index] ?? null;
      const areBytes = sum instanceof Uint8Array && param instanceof Uint8Array;
      if (!areBytes && addExactly(sum, param) === null) return false;
    }
    return true;
  }

  add(params: readonly SqlValue[]): void {
    for (let index = this.#from; index < params.length; index++) {
      const sum = this.params[index] ?? null;
      const param = params[index] ?? null;
      if (sum instanceof Uint8Array && param instanceof Uint8Array) {
        this.#histograms[index] ??= Histogram.fromBytes(sum);
        this.#histograms[index]?.mergeBytes(param);
      } else {
        this.params[index] = addExactly(sum, param);
      }
    }
  }

  finish(): void {
    for (const [index, histogram] of this.#histograms.entries()) {
      if (histogram !== undefined) this.params[index] = histogram.toBytes();
    }
  }
}

/**
 * The same writes with those of one fold key made into one, which stands where the first of them
 * stood: it passes writes of other keys and of none. That is right for additive upserts, which
 * commute, and for nothing else. A write that cannot be added exactly (another statement, NULL, a
 * sum beyond 2^53) stays by itself. Throws Failure `histogram_malformed`; the writes given are
 * never changed.
 */
export const foldWrites = (writes: readonly Write[]): readonly Write[] => {
  const folds = new Map<string, Folded>();
  const result: Write[] = [];
  for (const write of writes) {
    if (write.fold === undefined) {
      result.push(write);
      continue;
    }
    const { key, from } = write.fold;
    const target = folds.get(key);
    if (target === undefined) {
      const folded = new Folded(write, from);
      folds.set(key, folded);
      result.push(folded);
    } else if (target.accepts(write, from)) {
      target.add(write.params);
    } else {
      result.push(write);
    }
  }
  for (const folded of folds.values()) folded.finish();
  return result;
};
