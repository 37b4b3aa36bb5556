import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Gcra } from "./gcra.ts";

const rates = fc.record({
  ratePerSecond: fc.integer({ min: 1, max: 2_000 }),
  burst: fc.integer({ min: 1, max: 20 }),
});
const pauses = fc.array(
  fc.oneof(fc.nat(20), fc.nat(2_000), fc.constant(0), fc.constant(86_400_000)),
  { maxLength: 200 },
);

test("MON-13 a fresh bucket admits its burst at once and then one per interval", () => {
  const bucket = new Gcra({ ratePerSecond: 10, burst: 3 });
  const waits = [0, 0, 0, 0, 0, 99, 100, 100].map((nowMs) => bucket.admit(nowMs));
  assert.deepEqual(waits, [0, 0, 0, 100, 100, 1, 0, 100]);
});

test("a burst of 1 paces evenly", () => {
  const bucket = new Gcra({ ratePerSecond: 3, burst: 1 });
  const admitted: number[] = [];
  for (let nowMs = 0; nowMs <= 2_000; nowMs++) {
    if (bucket.admit(nowMs) === 0) admitted.push(nowMs);
  }
  // Each interval starts at the millisecond of admission, 334 being the first that is not early.
  assert.deepEqual(admitted, [0, 334, 668, 1_002, 1_336, 1_670]);
});

test("MON-11 a refusal consumes nothing", () => {
  const bucket = new Gcra({ ratePerSecond: 1, burst: 1 });
  bucket.admit(0);
  for (let n = 0; n < 1_000; n++) assert.equal(bucket.admit(1), 999);
  assert.equal(bucket.admit(1_000), 0);
});

test("a refund gives exactly one request back", () => {
  const bucket = new Gcra({ ratePerSecond: 1, burst: 2 });
  bucket.admit(0);
  bucket.admit(0);
  assert.equal(bucket.admit(0), 1_000);
  bucket.refund();
  assert.deepEqual([bucket.admit(0), bucket.admit(0)], [0, 1_000]);
});

test("refunds after a long pause do not raise the level above the burst", () => {
  const bucket = new Gcra({ ratePerSecond: 5, burst: 4 });
  for (let n = 0; n < 4; n++) bucket.admit(0);
  for (let n = 0; n < 4; n++) bucket.refund();
  assert.equal(bucket.remaining(60_000), 4);
  const waits = [1, 2, 3, 4, 5].map(() => bucket.admit(60_000));
  assert.deepEqual(waits, [0, 0, 0, 0, 200]);
});

test("no span of time sees more than burst + rate × span", () => {
  fc.assert(
    fc.property(rates, pauses, (rate, gapsMs) => {
      const bucket = new Gcra(rate);
      const admittedMs: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        if (bucket.admit(nowMs) === 0) admittedMs.push(nowMs);
      }
      for (const [from, startMs] of admittedMs.entries()) {
        for (const [index, endMs] of admittedMs.slice(from).entries()) {
          // Exclusive of the end: the request at `endMs` is the one that interval paid for.
          const allowed = rate.burst + ((endMs - startMs) * rate.ratePerSecond) / 1_000;
          assert.ok(index + 1 <= allowed, `${index + 1} within ${endMs - startMs} ms`);
        }
      }
    }),
  );
});

test("who waits as told is admitted, and not a millisecond earlier", () => {
  fc.assert(
    fc.property(rates, pauses, (rate, gapsMs) => {
      const bucket = new Gcra(rate);
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const waitMs = bucket.waitMs(nowMs);
        assert.equal(bucket.remaining(nowMs) > 0, waitMs === 0);
        if (waitMs > 0) assert.ok(bucket.waitMs(nowMs + waitMs - 1) > 0);
        assert.equal(bucket.admit(nowMs + waitMs), 0);
        nowMs += waitMs;
      }
    }),
  );
});

test("remaining counts what is then admitted", () => {
  fc.assert(
    fc.property(rates, pauses, (rate, gapsMs) => {
      const bucket = new Gcra(rate);
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        bucket.admit(nowMs);
      }
      const remaining = bucket.remaining(nowMs);
      for (let n = 0; n < remaining; n++) assert.equal(bucket.admit(nowMs), 0);
      assert.ok(bucket.admit(nowMs) > 0);
    }),
  );
});

test("a year of fractional milliseconds admits the rate within one request", () => {
  const bucket = new Gcra({ ratePerSecond: 7, burst: 1 });
  const startMs = 31_536_000_000;
  let admitted = 0;
  for (let tick = 0; tick < 100_000; tick++) {
    if (bucket.admit(startMs + tick * 0.37) === 0) admitted += 1;
  }
  // 37 s at 7 per second, less what the grid of 0.37 ms loses at each admission.
  assert.ok(admitted >= 257 && admitted <= 260, `${admitted} admitted`);
});
