import type { Histogram } from "@sekisho/lib/telemetry/histogram.ts";

/** Percentiles of merged histograms; one that too few values speak for is null (CON-2). */
export interface Percentiles {
  /** How many values there are. */
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** So many values make a percentile more than the largest of them. */
export const leastFor = { p50: 1, p95: 20, p99: 100 };

/** A histogram as it travels: base64, empty for none. */
export function mergeInto(histogram: Histogram, base64: string): void {
  if (base64 === "") return;
  histogram.mergeBytes(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

/** `perUnit` recorded units make one of those that come back. */
export function percentilesOf(histogram: Histogram, perUnit: number): Percentiles {
  const n = histogram.count;
  const at = (share: number, least: number): number | null =>
    n < least ? null : histogram.quantile(share) / perUnit;
  return {
    n,
    p50: at(0.5, leastFor.p50),
    p95: at(0.95, leastFor.p95),
    p99: at(0.99, leastFor.p99),
  };
}
