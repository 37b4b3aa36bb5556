import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { LaneFault } from "./link-fault.ts";
import { Pacer } from "./pacer.ts";

const pacer = (fault: LaneFault, seed = 1): Pacer => new Pacer(fault, new SeededRandom(seed));

const bytes = (length: number): Buffer => Buffer.alloc(length, "x");

const seen = (made: Pacer, length: number, nowMs: number): [number, number][] =>
  made.take(bytes(length), nowMs).map((parcel) => [parcel.bytes.length, parcel.dueMs]);

test("without a fault bytes leave as they come", () => {
  assert.deepEqual(seen(pacer({}), 10_000, 5), [[10_000, 5]]);
  assert.deepEqual(seen(pacer({}), 0, 5), []);
});

test("latency holds each read back by the same time", () => {
  const made = pacer({ latencyMs: 50 });
  assert.deepEqual(seen(made, 3, 0), [[3, 50]]);
  assert.deepEqual(seen(made, 3, 10), [[3, 60]]);
});

test("jitter is drawn from the seed, within its limit, and never changes the order", () => {
  const fault = { latencyMs: 10, jitterMs: 40 };
  const [one, same, other] = [pacer(fault, 7), pacer(fault, 7), pacer(fault, 8)];
  const due = (made: Pacer): number[] =>
    Array.from({ length: 50 }, (_, n) => seen(made, 1, n)[0]?.[1] ?? Number.NaN);
  const [first, second, third] = [due(one), due(same), due(other)];
  assert.deepEqual(first, second);
  assert.notDeepEqual(first, third);
  assert.deepEqual(
    first,
    first.toSorted((a, b) => a - b),
  );
  for (const [n, ms] of first.entries()) assert.ok(ms >= n + 10 && ms <= 49 + 50, `${ms} ms`);
});

test("slices are the size that was asked for, the last one what is left", () => {
  assert.deepEqual(seen(pacer({ sliceBytes: 4 }), 10, 0), [
    [4, 0],
    [4, 0],
    [2, 0],
  ]);
});

test("a bandwidth holds for all bytes together, in parcels of 20 ms", () => {
  const made = pacer({ bytesPerSecond: 1_000 });
  const parcels = seen(made, 100, 0);
  assert.deepEqual(parcels[0], [20, 20]);
  assert.deepEqual(parcels.at(-1), [20, 100]);
  // The line is still busy with what came before.
  assert.deepEqual(seen(made, 10, 50), [[10, 110]]);
  // And free again later.
  assert.deepEqual(seen(made, 10, 500), [[10, 510]]);
});

test("a bandwidth of some bytes a second still passes one at a time", () => {
  assert.deepEqual(seen(pacer({ bytesPerSecond: 10 }), 2, 0), [
    [1, 100],
    [1, 200],
  ]);
});
