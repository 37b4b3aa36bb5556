import type { AggregateOptions, DatabaseSync } from "node:sqlite";
import { mergeHistogramBytes } from "../../telemetry/histogram-bytes.ts";
import { Histogram } from "../../telemetry/histogram.ts";
import type { SqlValue } from "../writer.ts";

const asBytes = (value: SqlValue): Uint8Array | null => {
  if (value === null || value instanceof Uint8Array) return value;
  throw new TypeError(`Cannot merge histograms: ${typeof value} found, bytes or NULL needed`);
};

const merge = (left: SqlValue, right: SqlValue): Uint8Array | null => {
  const a = asBytes(left);
  const b = asBytes(right);
  if (a === null || b === null) return a ?? b;
  return mergeHistogramBytes(a, b);
};

/** A sum in the making; encoding it after each row would cost more than adding the row. */
class HistogramSum {
  #histogram: Histogram | null = null;
  #error: Error | null = null;

  /** Never throws: Node loses an error of a step when it calls `result` afterwards. */
  add(value: SqlValue): this {
    try {
      const bytes = asBytes(value);
      if (bytes !== null) (this.#histogram ??= new Histogram()).mergeBytes(bytes);
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
    }
    return this;
  }

  /** Throws what `add` could not. */
  toBytes(): Uint8Array | null {
    if (this.#error !== null) throw this.#error;
    return this.#histogram?.toBytes() ?? null;
  }
}

/**
 * Teaches a connection `histogram_merge(a, b)` for upserts and the aggregate `histogram_sum(h)`
 * for queries. NULL stands for "no values".
 */
export const registerHistogramFunctions = (database: DatabaseSync): void => {
  database.function("histogram_merge", { deterministic: true }, merge);
  const sum = {
    deterministic: true,
    start: () => new HistogramSum(),
    step: (state: HistogramSum, value: SqlValue) => state.add(value),
    result: (state: HistogramSum) => state.toBytes(),
  };
  // Node keeps any value between the steps; its types know only those of SQL.
  database.aggregate("histogram_sum", sum as unknown as AggregateOptions);
};
