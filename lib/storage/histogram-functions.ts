import type { DatabaseSync } from "node:sqlite";
import { mergeHistogramBytes } from "../telemetry/histogram-bytes.ts";
import type { SqlValue } from "./writer.ts";

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

/**
 * Teaches a connection `histogram_merge(a, b)` for upserts and the aggregate `histogram_sum(h)`
 * for queries. NULL stands for "no values".
 */
export const registerHistogramFunctions = (database: DatabaseSync): void => {
  database.function("histogram_merge", { deterministic: true }, merge);
  database.aggregate<SqlValue>("histogram_sum", {
    deterministic: true,
    start: null,
    step: (sum, value) => merge(sum, value ?? null),
  });
};
