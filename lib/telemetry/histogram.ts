import {
  bucketCount,
  bucketOf,
  bucketWidth,
  clampValue,
  lowestInBucket,
} from "./histogram-buckets.ts";
import { HistogramDecoder, HistogramEncoder } from "./histogram-bytes.ts";

/** Counts grow by this many: 128 buckets reach to 2 ms in microseconds. */
const growth = 128;

/**
 * Counts of whole, non-negative values in log-linear buckets: 16 for each doubling, so that a
 * quantile is within 1/32 (3.2 %) of the truth from 0 to 2^42, in whatever unit the owner
 * records. Merging two histograms equals recording all their values in one. Fractions are cut
 * off; negative values and NaN count as 0.
 */
export class Histogram {
  #counts = new Float64Array(growth);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Throws Failure `histogram_malformed`. */
  static fromBytes(bytes: Uint8Array): Histogram {
    const histogram = new Histogram();
    histogram.mergeBytes(bytes);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** The sum of what was recorded; it stops at 2^53 - 1. */
  get sum(): number {
    return this.#sum;
  }

  /** The largest value recorded, exact below 2^42. 0 when empty. */
  get max(): number {
    return this.#max;
  }

  record(value: number): void {
    const clamped = clampValue(value);
    this.#add(bucketOf(clamped), 1);
    this.#addTotals(clamped, clamped);
  }

  merge(other: Histogram): void {
    for (let bucket = 0; bucket < other.#counts.length; bucket++) {
      const count = other.#counts[bucket] ?? 0;
      if (count > 0) this.#add(bucket, count);
    }
    this.#addTotals(other.#sum, other.#max);
  }

  /** Merges a stored histogram. After Failure `histogram_malformed` a part of it may be in. */
  mergeBytes(bytes: Uint8Array): void {
    const stored = new HistogramDecoder(bytes);
    for (; stored.bucket !== Infinity; stored.advance()) this.#add(stored.bucket, stored.count);
    this.#addTotals(stored.sum, stored.max);
  }

  /** Sparse: about 3 bytes for each bucket in use. The same values always give the same bytes. */
  toBytes(): Uint8Array {
    const encoder = new HistogramEncoder(this.#sum, this.#max);
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      const count = this.#counts[bucket] ?? 0;
      if (count > 0) encoder.add(bucket, count);
    }
    return encoder.finish();
  }

  /**
   * The smallest value that at least this share of all values does not exceed; `share` is in
   * [0, 1]. 0 when empty.
   */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen < rank) continue;
      const middle = lowestInBucket(bucket) + Math.floor(bucketWidth(bucket) / 2);
      return Math.min(middle, this.#max);
    }
    return this.#max;
  }

  /** How many values are not above `value`. Exact where `value` is a `bucketEdge`. */
  countUpTo(value: number): number {
    const last = Math.min(bucketOf(clampValue(value)), this.#counts.length - 1);
    let seen = 0;
    for (let bucket = 0; bucket <= last; bucket++) seen += this.#counts[bucket] ?? 0;
    return seen;
  }

  #add(bucket: number, count: number): void {
    if (bucket >= this.#counts.length) this.#widen(bucket);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#count += count;
  }

  #addTotals(sum: number, max: number): void {
    this.#sum = Math.min(this.#sum + sum, Number.MAX_SAFE_INTEGER);
    if (max > this.#max) this.#max = max;
  }

  #widen(bucket: number): void {
    const wanted = Math.ceil((bucket + 1) / growth) * growth;
    const wider = new Float64Array(Math.min(bucketCount, wanted));
    wider.set(this.#counts);
    this.#counts = wider;
  }
}
