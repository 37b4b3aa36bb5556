import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "./options.ts";

test("without arguments every cell is played 100 times", () => {
  const { times, targets, rows, cells } = readOptions([]);
  assert.deepEqual([times, targets.length, cells], [100, 5, false]);
  assert.ok(rows.length > 80);
});

test("targets by name, faults by the start of their name", () => {
  const { times, targets, rows } = readOptions([
    "--times=3",
    "--target=bedrock.invoke",
    "--fault=link-reset",
  ]);
  assert.deepEqual([times, targets.map(({ name }) => name)], [3, ["bedrock.invoke"]]);
  assert.ok(rows.length >= 4 && rows.every(({ name }) => name.startsWith("link-reset")));
});

test("what names nothing is refused in a sentence", () => {
  for (const wrong of ["--times=0", "--times=x", "--target=gpt", "--fault=none-of-these"]) {
    assert.throws(() => readOptions([wrong]), /Cannot .*\nnpm run faults:long/s);
  }
});
