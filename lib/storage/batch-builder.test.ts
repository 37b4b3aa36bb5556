import assert from "node:assert/strict";
import { test } from "node:test";
import { BatchBuilder } from "./batch-builder.ts";
import type { SqlValue } from "./writer.ts";

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

test("a malformed histogram leaves the numbering as it was", () => {
  const builder = new BatchBuilder();
  const fold = { key: "k", from: 0 };
  const bad = { sql: "a", params: [Uint8Array.of(9)], fold };
  const group = { writes: [bad, bad], durability: "process" as const };
  assert.throws(() => builder.together([group]), { code: "histogram_malformed" });
  assert.deepEqual(builder.apart([group]).newStatements, ["a"]);
});
