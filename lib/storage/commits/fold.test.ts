import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { histogramBytesOf } from "../../telemetry/histogram-bytes.ts";
import { Histogram } from "../../telemetry/histogram.ts";
import type { SqlValue, Write } from "../writer.ts";
import { foldWrites } from "./fold.ts";

const plain = (n: number): Write => ({ sql: "plain", params: [n] });

const add = (key: string, ...sums: SqlValue[]): Write => ({
  sql: "add",
  params: [key, ...sums],
  fold: { key, from: 1 },
});

/** One sum and some samples behind it. */
const measure = (key: string, sum: SqlValue, ...samples: SqlValue[]): Write => ({
  ...add(key, sum, ...samples),
  fold: { key, from: 1, samples: 2 },
});

const histogramOf = (...values: number[]): Uint8Array => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.toBytes();
};

const params = (writes: readonly Write[]): SqlValue[][] => writes.map((write) => [...write.params]);

test("nothing to fold stays as it is", () => {
  assert.deepEqual(foldWrites([]), []);
  const writes = [plain(1), plain(1), add("a", 1), add("b", 1)];
  assert.deepEqual(params(foldWrites(writes)), params(writes));
});

test("a folded write stands where the first of its key stood", () => {
  const writes = [
    plain(1),
    add("a", 1),
    plain(2),
    add("b", 10),
    add("a", 2),
    plain(3),
    add("a", 3),
  ];
  assert.deepEqual(params(foldWrites(writes)), [[1], ["a", 6], [2], ["b", 10], [3]]);
});

test("numbers and bigints fold, each with its own kind", () => {
  const writes = [add("k", 1, 2n ** 60n, 0.25), add("k", 2, 3n, 0.5)];
  assert.deepEqual(params(foldWrites(writes)), [["k", 3, 2n ** 60n + 3n, 0.75]]);
});

test("samples become one histogram for each place", () => {
  const writes = [measure("k", 1, 5, null), measure("k", 2, 900, 7), measure("j", 1, 3, null)];
  assert.deepEqual(params(foldWrites(writes)), [
    ["k", 3, histogramOf(5, 900), histogramOf(7)],
    ["j", 1, histogramBytesOf(3), histogramOf()],
  ]);
});

test("what cannot be added exactly stays by itself", () => {
  const max = Number.MAX_SAFE_INTEGER;
  const cases: Write[][] = [
    [add("k", max), add("k", 1)],
    [add("k", null), add("k", 1)],
    [add("k", 1), add("k", 1n)],
    [add("k", "text"), add("k", "text")],
    [add("k", 1), add("k", 1, 2)],
    [add("k", 1), { ...add("k", 1), sql: "another" }],
    [add("k", 1), { ...add("k", 1), fold: { key: "k", from: 0 } }],
    [add("k", histogramBytesOf(1)), add("k", histogramBytesOf(1))],
  ];
  for (const writes of cases) assert.deepEqual(params(foldWrites(writes)), params(writes));
});

test("what is no sample stays by itself", () => {
  const bytes = Uint8Array.of(9);
  const writes = [measure("k", 1, 5), measure("k", 1, bytes), measure("k", null, 6)];
  assert.deepEqual(params(foldWrites(writes)), [
    ["k", 1, histogramBytesOf(5)],
    ["k", 1, bytes],
    ["k", null, histogramBytesOf(6)],
  ]);
});

test("one that stays by itself does not end the folding", () => {
  const writes = [add("k", 1), add("k", null), add("k", 2)];
  assert.deepEqual(params(foldWrites(writes)), [
    ["k", 3],
    ["k", null],
  ]);
});

test("a row that is made and removed is left out, and no other whose key ends the same", () => {
  const made = (key: string, n: number): Write => ({ ...plain(n), passing: { key, is: "made" } });
  const removed = (key: string, n: number): Write => ({
    ...plain(-n),
    passing: { key, is: "removed" },
  });
  const writes = [made("a-000001", 1), made("b-000001", 2), made("c", 3), removed("a-000001", 1)];
  const rest = [removed("b-000001", 2), removed("c", 3), removed("d", 4), plain(5)];
  assert.deepEqual(params(foldWrites([...writes, ...rest])), [[1], [-1], [-4], [5]]);
});

test("of writes that say what those before them say the last one is left, where it stood", () => {
  const latest = (key: string, n: number): Write => ({ ...plain(n), latest: key });
  const writes = [latest("k", 1), plain(2), latest("j", 3), latest("k", 4), plain(5)];
  assert.deepEqual(params(foldWrites(writes)), [[2], [3], [4], [5]]);
});

test("the writes given are never changed", () => {
  const first = measure("k", 1, 5);
  foldWrites([first, measure("k", 2, 6)]);
  assert.deepEqual(first.params, ["k", 1, 5]);
});

/** What the database holds after running the writes one by one. */
const run = (
  writes: readonly Write[],
): { sums: Map<string, number>; counts: Map<string, number> } => {
  const sums = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { sql, params: values } of writes) {
    if (sql !== "add") continue;
    const [key, amount, samples] = values;
    sums.set(String(key), (sums.get(String(key)) ?? 0) + Number(amount));
    const count = samples instanceof Uint8Array ? Histogram.fromBytes(samples).count : 1;
    counts.set(String(key), (counts.get(String(key)) ?? 0) + count);
  }
  return { sums, counts };
};

test("folding changes no sum, no count and no order of plain writes", () => {
  const anyWrite = fc.oneof(
    fc.nat(100).map(plain),
    fc
      .tuple(fc.constantFrom("a", "b", "c"), fc.nat(2 ** 40))
      .map(([key, amount]) => measure(key, amount, amount)),
  );
  fc.assert(
    fc.property(fc.array(anyWrite, { maxLength: 40 }), (writes) => {
      const folded = foldWrites(writes);
      assert.deepEqual(run(folded), run(writes));
      const plainOnes = (all: readonly Write[]): SqlValue[][] =>
        params(all.filter(({ sql }) => sql === "plain"));
      assert.deepEqual(plainOnes(folded), plainOnes(writes));
      const keys = folded.filter(({ sql }) => sql === "add").map((write) => write.params[0]);
      assert.equal(new Set(keys).size, keys.length);
    }),
  );
});
