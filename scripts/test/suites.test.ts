import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { inOrder, select, suites } from "./suites.ts";

const root = mkdtempSync(join(tmpdir(), "suites-"));
after(() => rmSync(root, { recursive: true }));

for (const path of [
  "lib/time/clock.test.ts",
  "lib/time/clock.ts",
  "lib/node_modules/x/x.test.ts",
  "gateway/budget/fixtures/x.test.ts",
  "tests/tidy.test.ts",
  "tests/e2e/chat.test.ts",
  "tests/e2e/deep/stream.test.ts",
]) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), "");
}

const names = (...args: string[]): Record<string, readonly string[]> =>
  Object.fromEntries(select(root, args).map(({ suite, files }) => [suite.name, files]));

const unit = ["tests/tidy.test.ts", "lib/time/clock.test.ts"];
const e2e = ["tests/e2e/chat.test.ts", "tests/e2e/deep/stream.test.ts"];

test("no argument selects everything; suites without files are absent", () => {
  assert.deepEqual(names(), { unit, e2e });
});

test("a suite, a folder and a file select what they name", () => {
  assert.deepEqual(names("e2e"), { e2e });
  assert.deepEqual(names("./lib/"), { unit: ["lib/time/clock.test.ts"] });
  assert.deepEqual(names("tests/e2e/chat.test.ts", "tests/tidy.test.ts"), {
    unit: ["tests/tidy.test.ts"],
    e2e: ["tests/e2e/chat.test.ts"],
  });
});

test("a suite without files selects nothing, and nothing else instead", () => {
  assert.deepEqual(names("crash"), {});
});

test("an argument that names no test is an error with the suites' names", () => {
  assert.throws(() => select(root, ["e3e"]), /"e3e": neither a suite \(unit, contract, e2e/);
  assert.throws(() => select(root, ["lib/time/clock.ts"]), /neither a suite/);
});

test("files that measure time run first and alone, the longest wait begins the rest", () => {
  const order = { alone: ["c", "a"], longest: ["e"] };
  const files = ["a", "b", "c", "d", "e"];
  assert.deepEqual(inOrder(order, files), { alone: ["a", "c"], together: ["e", "b", "d"] });
});

test("what a suite says of a file is said of one that is there", () => {
  const clone = join(import.meta.dirname, "..", "..");
  for (const { alone, longest } of suites) {
    for (const file of [...alone, ...longest]) assert.ok(existsSync(join(clone, file)), file);
  }
});
