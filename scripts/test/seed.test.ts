import assert from "node:assert/strict";
import { test } from "node:test";

import { takeSeed, usualSeed } from "./seed.ts";

test("without a seed it is the same one each time", () => {
  assert.deepEqual(takeSeed(["unit"]), { seed: usualSeed, rest: ["unit"] });
});

test("a seed is taken from among the arguments, the last of several", () => {
  assert.deepEqual(takeSeed(["--seed=3", "unit", "--seed=7"]), { seed: 7, rest: ["unit"] });
  assert.equal(takeSeed(["--seed=0"]).seed, 0);
});

test("any seed is one that can be given again", () => {
  const { seed } = takeSeed(["--seed=any"]);
  assert.equal(takeSeed([`--seed=${seed}`]).seed, seed);
});

for (const said of ["", "x", "-1", "1.5", "2147483648"]) {
  test(`a seed "${said}" is refused by name`, () => {
    assert.throws(() => takeSeed([`--seed=${said}`]), {
      message: `"--seed=${said}" must be a whole number from 0 to 2147483647, or "any"`,
    });
  });
}
