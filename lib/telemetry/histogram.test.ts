import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Failure } from "../failure/failure.ts";
import { bucketEdge } from "./histogram-buckets.ts";
import { histogramBytesOf, mergeHistogramBytes } from "./histogram-bytes.ts";
import { Histogram } from "./histogram.ts";

const relativeErrorLimit = 0.04;
const topValue = 2 ** 42 - 1;

const anyValue = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 3_600_000_000 }),
  fc.maxSafeInteger().map((value) => Math.abs(value) % (topValue + 1)),
);

const recordAll = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

const isMalformed = (error: unknown): boolean =>
  error instanceof Failure && error.code === "histogram_malformed";

test("an empty histogram answers 0 everywhere and survives its own bytes", () => {
  const empty = Histogram.fromBytes(new Histogram().toBytes());
  assert.deepEqual([empty.count, empty.sum, empty.max, empty.quantile(0.5)], [0, 0, 0, 0]);
  assert.equal(empty.countUpTo(topValue), 0);
  assert.equal(empty.toBytes().length, 3);
});

test("values below 32 are exact", () => {
  for (let value = 0; value < 32; value++) {
    const histogram = recordAll([value, 1_000]);
    assert.equal(histogram.quantile(0.5), value);
    assert.equal(bucketEdge(value), value);
  }
});

test("every quantile is within 4 % of the exact one, from 0 to 2^42", () => {
  const cases = fc.property(
    fc.array(anyValue, { minLength: 1, maxLength: 60 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (values, share) => {
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
      const found = recordAll(values).quantile(share);
      assert.ok(
        Math.abs(found - exact) <= exact * relativeErrorLimit,
        `quantile ${share}: ${found} found, ${exact} exact`,
      );
    },
  );
  fc.assert(cases, { numRuns: 2_000 });
});

test("merging, in memory or as bytes, equals recording everything in one histogram", () => {
  const lists = fc.array(anyValue, { maxLength: 30 });
  fc.assert(
    fc.property(lists, lists, (left, right) => {
      const all = recordAll([...left, ...right]);
      const merged = recordAll(left);
      merged.merge(recordAll(right));
      assert.deepEqual(merged.toBytes(), all.toBytes());
      const bytes = mergeHistogramBytes(recordAll(left).toBytes(), recordAll(right).toBytes());
      assert.deepEqual(bytes, all.toBytes());
      const read = Histogram.fromBytes(bytes);
      assert.deepEqual([read.count, read.sum, read.max], [all.count, all.sum, all.max]);
    }),
  );
});

test("the bytes of one value need no histogram", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      assert.deepEqual(histogramBytesOf(value), recordAll([value]).toBytes());
    }),
  );
});

test("countUpTo is exact at a bucket's edge", () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 30 }), anyValue, (values, limit) => {
      const edge = bucketEdge(limit);
      assert.ok(edge >= limit && edge <= limit * (1 + 1 / 16));
      const exact = values.filter((value) => value <= edge).length;
      assert.equal(recordAll(values).countUpTo(edge), exact);
    }),
  );
});

test("odd values do not break it: negative, NaN, fractions, beyond the range", () => {
  const histogram = recordAll([-5, Number.NaN, 7.9, 2 ** 50, Infinity]);
  assert.equal(histogram.count, 5);
  assert.equal(histogram.max, topValue);
  assert.equal(histogram.quantile(0.4), 0);
  assert.equal(histogram.quantile(0.6), 7);
  const again = Histogram.fromBytes(histogram.toBytes());
  assert.deepEqual(again.toBytes(), histogram.toBytes());
});

test("the sum stops at 2^53 - 1 instead of becoming unreadable", () => {
  const histogram = new Histogram();
  for (let n = 0; n < 3_000; n++) histogram.record(topValue);
  assert.equal(histogram.sum, Number.MAX_SAFE_INTEGER);
  assert.equal(Histogram.fromBytes(histogram.toBytes()).sum, Number.MAX_SAFE_INTEGER);
});

test("stored bytes are small: 1,000 latencies around 1 s need less than 200 bytes", () => {
  const histogram = new Histogram();
  for (let n = 0; n < 1_000; n++) histogram.record(500_000 + n * 1_000);
  assert.ok(histogram.toBytes().length < 200, `${histogram.toBytes().length} bytes`);
});

test("malformed bytes are refused", () => {
  const cases: Record<string, number[]> = {
    nothing: [],
    "version of the future": [2, 0, 0],
    "no maximum": [1, 5],
    "bucket without a count": [1, 5, 5, 5],
    "bucket beyond the last": [1, 5, 5, 0xf0, 0x04, 1],
    "number of 9 bytes": [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0],
    "number above 2^53 - 1": [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
  };
  for (const [name, bytes] of Object.entries(cases)) {
    assert.throws(() => Histogram.fromBytes(Uint8Array.from(bytes)), isMalformed, name);
  }
});

test("random bytes are read or refused, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        Histogram.fromBytes(bytes);
      } catch (error) {
        assert.ok(isMalformed(error), String(error));
      }
    }),
  );
});
