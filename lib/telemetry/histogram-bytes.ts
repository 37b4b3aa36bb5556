import { bucketCount, bucketOf, clampValue } from "./histogram-buckets.ts";
import { VarintSink, VarintSource } from "./varint.ts";

/** The first byte of every stored histogram. A reader refuses any other. */
const version = 1;

/** Encoding never yields, so one buffer serves every histogram of the thread. */
const sink = new VarintSink();

/** Writes the stored form: version, sum, max, then (gap, count) for each bucket in use. */
export class HistogramEncoder {
  #previous = -1;

  constructor(sum: number, max: number) {
    sink.clear();
    sink.push(version);
    // Saturates: a sum that is not exact would make the bytes unreadable.
    sink.push(Math.min(sum, Number.MAX_SAFE_INTEGER));
    sink.push(max);
  }

  /** Buckets come in ascending order. */
  add(bucket: number, count: number): void {
    sink.push(bucket - this.#previous - 1);
    sink.push(count);
    this.#previous = bucket;
  }

  finish(): Uint8Array {
    return sink.take();
  }
}

/**
 * Walks the buckets of a stored histogram in ascending order: `bucket` and `count` hold the
 * current one, `bucket` is Infinity after the last. Throws Failure `histogram_malformed`.
 */
export class HistogramDecoder {
  readonly sum: number;
  readonly max: number;
  readonly #source: VarintSource;
  bucket = -1;
  count = 0;

  constructor(bytes: Uint8Array) {
    this.#source = new VarintSource(bytes);
    if (this.#source.next() !== version) this.#source.fail("unknown version");
    this.sum = this.#source.next();
    this.max = this.#source.next();
    this.advance();
  }

  advance(): void {
    if (this.#source.atEnd) {
      this.bucket = Infinity;
      return;
    }
    this.bucket += this.#source.next() + 1;
    if (this.bucket >= bucketCount) this.#source.fail(`bucket ${this.bucket} of ${bucketCount}`);
    this.count = this.#source.next();
  }
}

/** The stored form of a histogram that holds this one value. */
export const histogramBytesOf = (value: number): Uint8Array => {
  const clamped = clampValue(value);
  const encoder = new HistogramEncoder(clamped, clamped);
  encoder.add(bucketOf(clamped), 1);
  return encoder.finish();
};

/** Merges two stored histograms in one pass. Throws Failure `histogram_malformed`. */
export const mergeHistogramBytes = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const a = new HistogramDecoder(left);
  const b = new HistogramDecoder(right);
  const merged = new HistogramEncoder(a.sum + b.sum, Math.max(a.max, b.max));
  while (a.bucket !== Infinity || b.bucket !== Infinity) {
    const bucket = Math.min(a.bucket, b.bucket);
    let count = 0;
    if (a.bucket === bucket) {
      count += a.count;
      a.advance();
    }
    if (b.bucket === bucket) {
      count += b.count;
      b.advance();
    }
    merged.add(bucket, count);
  }
  return merged.finish();
};
