import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sparseJson } from "./number-lists.ts";

const read = (text: string) => sparseJson(Buffer.from(text));

test("lists of numbers stay as they were written, everything else is read", () => {
  const sparse = read('{"a":[ -0.10, 2.00E-3],"b":"[1,2]","c":{"é":[[1],[ 2 ]]},"d":[]}');
  assert.ok(sparse !== null);
  const { a, b, c, d } = sparse.json as {
    a: unknown;
    b: unknown;
    c: Record<string, unknown[]>;
    d: unknown;
  };
  assert.equal(sparse.textOf(a), "[ -0.10, 2.00E-3]");
  assert.equal(b, "[1,2]");
  assert.deepEqual(
    c["é"]?.map((each) => sparse.textOf(each)),
    ["[1]", "[ 2 ]"],
  );
  assert.equal(sparse.textOf(d), null);
  assert.equal(sparse.textOf(b), null);
});

test("what is cut, or no JSON, is nothing", () => {
  for (const text of ["", "<html>", '{"a":[1,2', '{"a":[1,2]', '{"a":"b', "[1]]", "[1] [2]"]) {
    assert.equal(read(text), null, text);
  }
});

test("any JSON has the same shape, and its lists of numbers say the same", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const sparse = read(text);
      assert.ok(sparse !== null);
      const filled = (value: unknown): unknown => {
        const list = sparse.textOf(value);
        if (list !== null) return JSON.parse(list);
        if (Array.isArray(value)) return value.map(filled);
        if (typeof value !== "object" || value === null) return value;
        return Object.fromEntries(
          Object.entries(value).map(([key, each]) => [key, filled(each)] as const),
        );
      };
      assert.deepEqual(filled(sparse.json), JSON.parse(text));
    }),
  );
});

test("lists in lists cost no more than their bytes", () => {
  const depth = 200_000;
  const text = `${"[1,".repeat(depth)}1${"]".repeat(depth)}`;
  const begun = process.cpuUsage();
  read(text);
  const { user } = process.cpuUsage(begun);
  // Quadratic, 200,000 searches of 600 kB each take a minute.
  assert.ok(user < 5_000_000, `${user} µs`);
});
