import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBenchOptions } from "./bench-options.ts";

test("without options all tests run over the usual candidates", () => {
  const options = parseBenchOptions([]);
  assert.equal(options.rounds, 3);
  assert.equal(options.streams, 10_000);
  assert.ok(options.tests.includes("hold") && options.tests.includes("paced"));
  assert.deepEqual(options.candidates, ["direct", "haproxy", "nginx", "raw", "sekisho"]);
});

test("--with adds a candidate, --candidates and --only name all", () => {
  assert.equal(parseBenchOptions(["--with=portkey"]).candidates.at(-1), "portkey");
  const named = parseBenchOptions(["--candidates=raw,sekisho", "--only=burst"]);
  assert.deepEqual(named.candidates, ["raw", "sekisho"]);
  assert.deepEqual(named.tests, ["burst"]);
});

test("--profile is about Sekisho in two tests unless others are named", () => {
  const usual = parseBenchOptions(["--profile"]);
  assert.deepEqual([usual.candidates, usual.tests], [["sekisho"], ["json", "burst"]]);
  assert.deepEqual(parseBenchOptions(["--profile", "--candidates=raw"]).candidates, ["raw"]);
});

test("--quick is shorter in every way", () => {
  const quick = parseBenchOptions(["--quick"]);
  assert.equal(quick.rounds, 1);
  assert.ok(quick.streams < 10_000 && !quick.tests.includes("paced"));
  assert.equal(parseBenchOptions(["--quick", "--rounds=5"]).rounds, 5);
});

test("what is not known is refused in a sentence", () => {
  assert.throws(() => parseBenchOptions(["--only=jason"]), /"jason" is none of json/);
  assert.throws(() => parseBenchOptions(["--rounds=0"]), /"0", a whole number above 0 needed/);
  assert.throws(() => parseBenchOptions(["--rounds=two"]), /whole number/);
  assert.throws(() => parseBenchOptions(["--unheard-of"]), /unheard-of/);
});
