import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Histogram } from "../../telemetry/histogram.ts";
import { registerHistogramFunctions } from "./histogram-functions.ts";

function setUp() {
  const database = new DatabaseSync(":memory:");
  registerHistogramFunctions(database);
  database.exec("CREATE TABLE spreads (name TEXT, spread ANY) STRICT");
  const insert = database.prepare("INSERT INTO spreads VALUES (?, ?)");
  const sums = () =>
    database
      .prepare("SELECT name, histogram_sum(spread) AS sum FROM spreads GROUP BY name ORDER BY name")
      .all()
      .map(({ name, sum }) => [name, sum]);
  return { database, insert, sums };
}

const bytesOf = (...values: number[]): Uint8Array => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.toBytes();
};

test("histogram_sum keeps groups apart, and NULL is no value", () => {
  const { insert, sums } = setUp();
  for (const value of [5, 900, 5]) insert.run("a", bytesOf(value));
  insert.run("a", null);
  insert.run("b", bytesOf(7));
  insert.run("c", null);
  const expected = [
    ["a", bytesOf(5, 5, 900)],
    ["b", bytesOf(7)],
    ["c", null],
  ];
  assert.deepEqual(sums(), expected);
  assert.deepEqual(sums(), expected);
});

test("histogram_sum over no rows is NULL", () => {
  const { database } = setUp();
  const row = database.prepare("SELECT histogram_sum(spread) AS sum FROM spreads").get();
  assert.equal(row?.["sum"], null);
});

test("histogram_sum refuses what is no histogram, and works again afterwards", () => {
  const { database, insert, sums } = setUp();
  insert.run("a", bytesOf(1));
  insert.run("a", Uint8Array.of(2, 0, 0));
  assert.throws(sums, { code: "histogram_malformed" });
  database.exec("UPDATE spreads SET spread = 'text'");
  assert.throws(sums, { message: "Cannot merge histograms: string found, bytes or NULL needed" });
  database.exec("DELETE FROM spreads");
  insert.run("a", bytesOf(1));
  assert.deepEqual(sums(), [["a", bytesOf(1)]]);
});
