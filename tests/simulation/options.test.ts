import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSeeds, readOptions } from "./options.ts";

test("SIM-10 without arguments 300 seeds are played", () => {
  const { seeds, isWhole, mutant } = readOptions([]);
  assert.equal(seeds.length, defaultSeeds);
  assert.deepEqual([seeds[0], seeds.at(-1), isWhole, mutant], [1, 300, true, null]);
});

test("one seed, and a range of seeds", () => {
  assert.deepEqual(readOptions(["--seed=42"]).seeds, [42]);
  assert.deepEqual(readOptions(["--from=5", "--seeds=3"]).seeds, [5, 6, 7]);
  assert.equal(readOptions(["--seeds=3"]).isWhole, false);
});

test("a mutant by its name", () => {
  assert.equal(readOptions(["--mutant=false-stop"]).mutant?.name, "false-stop");
});

test("what cannot be read is named", () => {
  for (const wrong of ["--seed=x", "--seeds=0", "--seeds=9999999", "--from=-1"]) {
    assert.throws(() => readOptions([wrong]), /not a whole number from 1 up/);
  }
  assert.throws(() => readOptions(["--mutant=none"]), /there are check-then-act/);
  assert.throws(() => readOptions(["--speed=2"]), /speed/);
});
