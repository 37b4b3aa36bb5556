import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { edited } from "./edited-source.ts";
import { keptSeeds } from "./kept-seeds.data.ts";

const root = join(import.meta.dirname, "../../..");

test("each kept seed says how its mistake is made again", () => {
  for (const { mistake, found } of keptSeeds) {
    assert.notEqual(mistake.length, 0, found);
    for (const edit of mistake) {
      const source = readFileSync(join(root, edit.file), "utf8");
      assert.notEqual(edited(source, edit), source, found);
    }
  }
});

test("an edit whose place is gone, or is there twice, is refused", () => {
  const edit = { file: "a.ts", from: "b", to: "$&" };
  assert.equal(edited("a b c", edit), "a $& c");
  assert.throws(() => edited("a c", edit), /1 place needed, 0 are "b"/);
  assert.throws(() => edited("b b", edit), /1 place needed, 2 are "b"/);
});
