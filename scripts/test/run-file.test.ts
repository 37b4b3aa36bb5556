import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { runFile, type FileResult } from "./run-file.ts";
import { suites } from "./suites.ts";

const root = join(import.meta.dirname, "..", "..");

const run = (
  name: string,
  limitS = 20,
  flags: readonly string[] = ["--disable-proto=throw"],
): Promise<FileResult> =>
  runFile(root, `scripts/test/fixtures/${name}.ts`, {
    limitS,
    flags,
    seed: 7,
    signal: new AbortController().signal,
  });

test("passes, failures and skips are counted, named and placed", async () => {
  const { counts, failures, skipped, output } = await run("mixed");
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 });
  assert.deepEqual(skipped, ["is left out (no store here)"]);
  assert.equal(failures[0]?.name, "outer › fails");
  assert.match(failures[0]?.place ?? "", /mixed\.ts:6$/);
  assert.match(failures[0]?.error ?? "", /the reason/);
  assert.equal(output, "printed");
});

test("properties draw what the run's seed says, by whatever name they are imported", async () => {
  const { counts, output } = await run("draws");
  assert.equal(counts.passed, 1);
  assert.equal(output, "drawn with 7 and 7");
});

test("a hook that fails is a failure though its tests passed", async () => {
  for (const name of ["hook-fails", "file-hook-fails"]) {
    const { counts, failures } = await run(name);
    assert.equal(counts.failed, 1, name);
    assert.match(failures[0]?.error ?? "", /cleaning up failed/);
  }
});

/** Stopped when it has begun: on a busy machine two seconds may be too few for that. */
const stopped = async (name: string, hasBegun: (result: FileResult) => boolean) => {
  for (const limitS of [2, 8]) {
    const result = await run(name, limitS);
    if (hasBegun(result)) return result;
  }
  return await run(name, 40);
};

test("a file whose process does not end is stopped and fails", async () => {
  const { counts, failures } = await stopped("leaks-handle", (result) =>
    (result.failures[0]?.error ?? "").includes("leaves"),
  );
  assert.equal(counts.failed, 1);
  assert.match(failures[0]?.error ?? "", /^Stopped after \d+ s: .*"leaves a timer behind"$/);
});

test("a process that ends before its tests did fails, with code 0 too", async () => {
  const { counts, failures } = await run("exits-early");
  assert.equal(counts.failed, 1);
  assert.match(failures[0]?.error ?? "", /ended with code 0 before its tests did/);
});

test("a file that breaks at load fails and shows what it printed", async () => {
  const { counts, output } = await run("breaks-at-load");
  assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
  assert.match(output, /broken at load/);
});

test("a file without a test fails", async () => {
  const { counts, failures } = await run("holds-nothing");
  assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
  assert.match(failures[0]?.error ?? "", /or holds none$/);
});

test("a rejection that nobody handles fails the file", async () => {
  const { counts } = await run("rejects-late");
  assert.notEqual(counts.failed, 0);
});

test("a rejection fails the file and is told where promises belong to no test", async () => {
  const flags = suites.find(({ name }) => name === "simulation")?.flags;
  const { counts, failures, output } = await run("rejects-late", 20, flags);
  assert.notEqual(counts.failed, 0);
  assert.match(`${failures[0]?.error}\n${output}`, /nobody waits/);
});

// The child holds the file's output open: the run could not end while it lives.
test("what a stopped file had started ends with it", async () => {
  const { output, failures } = await stopped("starts-child", (result) => result.output !== "");
  assert.match(output, /the child runs/);
  assert.equal(failures.length, 1);
});

test("a file that is stopped with its suite fails", async () => {
  const { failures } = await runFile(root, "scripts/test/fixtures/leaks-handle.ts", {
    limitS: 20,
    flags: [],
    seed: 7,
    signal: AbortSignal.abort(),
  });
  assert.match(failures[0]?.error ?? "", /^Stopped with its suite/);
});
