import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Histogram } from "../telemetry/histogram.ts";
import { histogramBytesOf, mergeHistogramBytes } from "../telemetry/histogram-bytes.ts";
import { foldWrites } from "./fold.ts";
import type { SqlValue, Write } from "./writer.ts";

const plain = (n: number): Write => ({ sql: "plain", params: [n] });

const add = (key: string, ...sums: SqlValue[]): Write => ({
  sql: "add",
  params: [key, ...sums],
  fold: { key, from: 1 },
});

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

test("numbers, bigints and histograms fold, each with its own kind", () => {
  const a = add("k", 1, 2n ** 60n, 0.25, histogramBytesOf(5));
  const b = add("k", 2, 3n, 0.5, histogramBytesOf(900));
  const merged = mergeHistogramBytes(histogramBytesOf(5), histogramBytesOf(900));
  assert.deepEqual(params(foldWrites([a, b])), [["k", 3, 2n ** 60n + 3n, 0.75, merged]]);
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
  ];
  for (const writes of cases) assert.deepEqual(params(foldWrites(writes)), params(writes));
});

test("one that stays by itself does not end the folding", () => {
  const writes = [add("k", 1), add("k", null), add("k", 2)];
  assert.deepEqual(params(foldWrites(writes)), [
    ["k", 3],
    ["k", null],
  ]);
});

test("the writes given are never changed", () => {
  const bytes = histogramBytesOf(5);
  const first = add("k", 1, bytes);
  foldWrites([first, add("k", 2, histogramBytesOf(6))]);
  assert.deepEqual(first.params, ["k", 1, bytes]);
  assert.deepEqual(bytes, histogramBytesOf(5));
});

test("a malformed histogram throws before anything is sent", () => {
  const bad = add("k", Uint8Array.of(7));
  assert.throws(() => foldWrites([add("k", histogramBytesOf(1)), bad]), {
    code: "histogram_malformed",
  });
});

/** What the database holds after running the writes one by one. */
const run = (
  writes: readonly Write[],
): { sums: Map<string, number>; counts: Map<string, number> } => {
  const sums = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { sql, params: values } of writes) {
    if (sql !== "add") continue;
    const [key, amount, bytes] = values;
    assert.ok(bytes instanceof Uint8Array);
    sums.set(String(key), (sums.get(String(key)) ?? 0) + Number(amount));
    const count = Histogram.fromBytes(bytes).count;
    counts.set(String(key), (counts.get(String(key)) ?? 0) + count);
  }
  return { sums, counts };
};

test("folding changes no sum, no count and no order of plain writes", () => {
  const anyWrite = fc.oneof(
    fc.nat(100).map(plain),
    fc
      .tuple(fc.constantFrom("a", "b", "c"), fc.nat(2 ** 40))
      .map(([key, amount]) => add(key, amount, histogramBytesOf(amount))),
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
