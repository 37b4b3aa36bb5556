import assert from "node:assert/strict";
import { test } from "node:test";

import { longFiles, longFunctions, looseTypes, p95Of, wideLines } from "./size-rules.ts";
import { sourceFile, type SourceFile } from "./source-file.ts";

const linesOf = (path: string, count: number): SourceFile => sourceFile(path, "a;\n".repeat(count));

const functionOf = (path: string, lines: number): SourceFile =>
  sourceFile(path, `// one\nconst f = () => {\n${"  a;\n".repeat(lines - 2)}};\n`);

test("p95 is the value that 95 of 100 do not pass", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(p95Of(hundred), 95);
  assert.equal(p95Of([7]), 7);
  assert.equal(p95Of([]), 0);
});

test("a file of 400 lines passes, one of 401 does not", () => {
  const short = Array.from({ length: 40 }, (_, index) => linesOf(`lib/a${index}.ts`, 10));
  assert.deepEqual(longFiles([...short, linesOf("lib/b.ts", 400)]), []);
  assert.deepEqual(longFiles([...short, linesOf("lib/b.ts", 401)]), [
    "lib/b.ts: 401 lines, limit 400",
  ]);
  assert.deepEqual(longFiles([...short, linesOf("lib/b.data.ts", 4000)]), []);
});

test("more than 5 % of files over 300 lines fail together", () => {
  const files = (long: number): SourceFile[] =>
    [...Array(20).keys()].map((n) => linesOf(`lib/a${n}.ts`, n < long ? 301 : 10));
  assert.deepEqual(longFiles(files(1)), []);
  assert.deepEqual(longFiles(files(2)), ["p95 of lines per file over 20: 301, limit 300"]);
});

test("a function of 70 lines passes, one of 71 does not and is named", () => {
  const short = [...Array(40).keys()].map((n) => functionOf(`lib/a${n}.ts`, 10));
  assert.deepEqual(longFunctions([...short, functionOf("lib/b.ts", 70)]), []);
  assert.deepEqual(longFunctions([...short, functionOf("lib/b.ts", 71)]), [
    'lib/b.ts:2: function "f": 71 lines, limit 70',
  ]);
});

test("long functions that ship are not hidden by short ones in tests", () => {
  const tests = [...Array(100).keys()].map((n) => functionOf(`tests/a${n}.ts`, 3));
  assert.deepEqual(longFunctions([...tests, functionOf("lib/a.ts", 36)]), [
    "p95 of lines per function that ships over 1: 36, limit 35",
  ]);
});

test("a block of tests may be as long as its list", () => {
  const body = "  test('a', () => {});\n".repeat(100);
  const file = sourceFile("lib/a.test.ts", `describe("a", () => {\n${body}});\n`);
  assert.deepEqual(longFunctions([file]), []);
});

test("a line of 100 characters passes, one of 101 does not", () => {
  const file = sourceFile("lib/a.ts", `${"a".repeat(100)}\n${"a".repeat(101)}\n`);
  assert.deepEqual(wideLines([file]), ["lib/a.ts:2: 101 characters, limit 100"]);
});

const optional = (count: number): string =>
  [...Array(count).keys()].map((n) => `  readonly a${n}?: { b?: number; c?: number };\n`).join("");

test("a type with 6 optional fields passes, one with 7 does not; nested ones do not count", () => {
  const type = (count: number): string => `interface A<T> extends B {\n${optional(count)}}\n`;
  assert.deepEqual(looseTypes([sourceFile("lib/a.ts", type(6))]), []);
  assert.deepEqual(looseTypes([sourceFile("lib/a.ts", `\n${type(7)}`)]), [
    'lib/a.ts:2: type "A": 7 optional fields, limit 6',
  ]);
  assert.deepEqual(looseTypes([sourceFile("wire/a.ts", type(7))]), []);
});
