import assert from "node:assert/strict";
import { test } from "node:test";
import { histogramBytesOf } from "../../telemetry/histogram-bytes.ts";
import { Histogram } from "../../telemetry/histogram.ts";
import type { SqlValue } from "../writer.ts";
import { BatchBuilder } from "./batch-builder.ts";

const groupOf = (sql: string, ...params: SqlValue[]) => ({
  writes: [{ sql, params }],
  durability: "process" as const,
});

test("statements are numbered once, and anew when there are too many", () => {
  const builder = new BatchBuilder(2);
  const batches = ["a", "b", "a", "c"].map((sql) => builder.together([groupOf(sql)]));
  const seen = batches.map((batch) => [batch.forgetStatements, batch.newStatements, batch.rows[0]]);
  assert.deepEqual(seen, [
    [false, ["a"], 0],
    [false, ["b"], 1],
    [true, ["a"], 0],
    [false, ["c"], 1],
  ]);
});

test("the memory behind a view does not travel with it", () => {
  const page = Buffer.alloc(8_192, "x");
  const whole = new Uint8Array([1, 2, 3]);
  const { rows } = new BatchBuilder().together([groupOf("a", page.subarray(10, 13), whole)]);
  const [view, same] = rows.slice(2);
  assert.ok(view instanceof Uint8Array);
  assert.deepEqual([view.buffer.byteLength, Buffer.from(view).toString()], [3, "xxx"]);
  assert.equal(same, whole);
});

test("apart a sample becomes the histogram of itself", () => {
  const fold = { key: "k", from: 0, samples: 1 };
  const write = { sql: "a", params: [1, 300, null], fold };
  const group = { writes: [write, write], durability: "process" as const };
  const alone = [1, histogramBytesOf(300), new Histogram().toBytes()];
  assert.deepEqual(new BatchBuilder().apart([group]).rows, [0, 3, ...alone, 0, 3, ...alone]);
});
