import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Random } from "../random/random.ts";
import { backoffMs } from "./backoff.ts";

const fixedRandom = (float: number): Random => ({
  float: () => float,
  uint32: () => 0,
  bytes: (length) => Buffer.alloc(length),
});

const limits = { baseMs: 100, maxMs: 5_000 };

test("without jitter the pause doubles until the maximum", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => backoffMs(n, fixedRandom(0), limits));
  assert.deepEqual(pauses, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test("the jitter adds up to one base and never passes the maximum", () => {
  assert.equal(backoffMs(0, fixedRandom(0.5), limits), 150);
  assert.equal(backoffMs(3, fixedRandom(0.99), limits), 899);
  assert.equal(backoffMs(6, fixedRandom(0.99), limits), 5_000);
});

test("a thousand attempts do not overflow", () => {
  assert.equal(backoffMs(5_000, fixedRandom(0.5), limits), 5_000);
  assert.equal(backoffMs(5_000, fixedRandom(0.5), { baseMs: 0, maxMs: 10 }), 0);
});

test("the pause stays within its limits for any input", () => {
  const property = fc.property(
    fc.nat(200),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.nat(10_000),
    (attempt, float, baseMs) => {
      const pauseMs = backoffMs(attempt, fixedRandom(float), { baseMs, maxMs: 20_000 });
      assert.ok(pauseMs >= Math.min(20_000, baseMs) && pauseMs <= 20_000, `${pauseMs}`);
    },
  );
  fc.assert(property);
});
