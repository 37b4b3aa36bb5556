import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { RefundableBucket, type BucketRate, type Taken } from "./refundable-bucket.ts";

/** 600 a minute: one in 100 ms. */
const tenASecond: BucketRate = { amount: 600, perMs: 60_000, burst: 600 };

test("MON-13 a fresh bucket gives its burst at once, then as much as time pays for", () => {
  const bucket = new RefundableBucket(tenASecond);
  assert.equal(bucket.waitMs(600, 0), 0);
  bucket.take(600, 0);
  assert.deepEqual([bucket.remaining(0), bucket.fullInMs(0)], [0, 60_000]);
  assert.deepEqual(
    [bucket.waitMs(1, 0), bucket.waitMs(10, 99), bucket.waitMs(5, 500)],
    [100, 901, 0],
  );
  assert.equal(bucket.remaining(1_999), 19);
});

test("more than the burst never passes", () => {
  const bucket = new RefundableBucket(tenASecond);
  assert.deepEqual([bucket.waitMs(600, 0), bucket.waitMs(601, 0)], [0, Infinity]);
});

test("MON-13 what was not used comes back, whichever of them ends first", () => {
  const bucket = new RefundableBucket(tenASecond);
  const [first, second] = [bucket.take(300, 0), bucket.take(300, 0)];
  bucket.settle(second, 60, 0);
  assert.equal(bucket.remaining(0), 240);
  bucket.settle(first, 60, 0);
  assert.equal(bucket.remaining(0), 480);
});

test("what time has paid for does not come back a second time", () => {
  const bucket = new RefundableBucket(tenASecond);
  const early = bucket.take(600, 0);
  bucket.take(600, 60_000);
  bucket.settle(early, 0, 60_000);
  assert.equal(bucket.remaining(60_000), 0);
});

test("more than what was taken is not settled", () => {
  const bucket = new RefundableBucket(tenASecond);
  bucket.settle(bucket.take(100, 0), 5_000, 0);
  assert.equal(bucket.remaining(0), 500);
});

const rates = fc.record({
  amount: fc.integer({ min: 1, max: 2_000 }),
  perMs: fc.constantFrom(1_000, 60_000),
  burst: fc.integer({ min: 1, max: 5_000 }),
});

/** Wait, then take a share of the burst, or settle one of those that are open for a share. */
const steps = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(5_000), fc.constant(10_000_000)),
    takes: fc.boolean(),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    which: fc.nat(1_000),
  }),
  { maxLength: 120 },
);

interface Passed {
  readonly atMs: number;
  amount: number;
}

/** The debt that these would have led to, had each been known for what it came to at once. */
function debtOf(passed: readonly Passed[], { amount: pays, perMs }: BucketRate, nowMs: number) {
  let debt = 0;
  let atMs = 0;
  for (const each of passed) {
    debt = Math.max(0, debt - (each.atMs - atMs) * pays) + each.amount * perMs;
    atMs = each.atMs;
  }
  return Math.max(0, debt - (nowMs - atMs) * pays);
}

function play(
  rate: BucketRate,
  moves: readonly { gapMs: number; takes: boolean; share: number; which: number }[],
  look: (bucket: RefundableBucket, passed: readonly Passed[], nowMs: number) => void,
): void {
  const bucket = new RefundableBucket(rate);
  const passed: Passed[] = [];
  const open: { readonly taken: Taken; readonly entry: Passed }[] = [];
  let nowMs = 0;
  for (const { gapMs, takes, share, which } of moves) {
    nowMs += gapMs;
    if (takes) {
      const amount = Math.ceil(share * rate.burst);
      if (bucket.waitMs(amount, nowMs) > 0) continue;
      const entry = { atMs: nowMs, amount };
      passed.push(entry);
      open.push({ taken: bucket.take(amount, nowMs), entry });
    } else {
      const [one] = open.splice(which % Math.max(1, open.length), 1);
      if (one === undefined) continue;
      one.entry.amount = Math.floor(share * one.entry.amount);
      bucket.settle(one.taken, one.entry.amount, nowMs);
    }
    look(bucket, passed, nowMs);
  }
}

test("MON-13 the level is that of a bucket which knew every outcome beforehand", () => {
  fc.assert(
    fc.property(rates, steps, (rate, moves) => {
      play(rate, moves, (bucket, passed, nowMs) => {
        const debt = debtOf(passed, rate, nowMs);
        assert.equal(bucket.fullInMs(nowMs), Math.ceil(debt / rate.amount));
        const left = Math.max(0, Math.floor((rate.burst * rate.perMs - debt) / rate.perMs));
        assert.equal(bucket.remaining(nowMs), left);
      });
    }),
    { numRuns: 500 },
  );
});

test("MON-13 no span of time sees more than burst + rate × span, whenever what is settled", () => {
  fc.assert(
    fc.property(rates, steps, (rate, moves) => {
      play(rate, moves, (_, passed) => {
        for (const [from, { atMs: startMs }] of passed.entries()) {
          let sum = 0;
          for (const { atMs, amount } of passed.slice(from)) {
            sum += amount;
            const allowed = rate.burst + ((atMs - startMs) * rate.amount) / rate.perMs;
            assert.ok(sum <= allowed + 1e-6, `${sum} within ${atMs - startMs} ms`);
          }
        }
      });
    }),
  );
});

test("who waits as told may take it, and not a millisecond earlier", () => {
  fc.assert(
    fc.property(rates, steps, (rate, moves) => {
      play(rate, moves, (bucket, passed, nowMs) => {
        const amount = Math.ceil(rate.burst / 2);
        const waitMs = bucket.waitMs(amount, nowMs);
        assert.equal(bucket.waitMs(amount, nowMs + waitMs), 0, `${passed.length} passed`);
        if (waitMs > 0) assert.ok(bucket.waitMs(amount, nowMs + waitMs - 1) > 0);
      });
    }),
  );
});
