import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestAre, nearNames } from "./near-names.ts";

test("names that were meant, each once and at most three", () => {
  const known = ["sonnet", "sonnet", "sonnets", "haiku", "sonne", "bonnet"];
  assert.deepEqual(nearNames("sonnett", known), ["sonnet", "sonnets", "sonne"]);
  assert.deepEqual(nearNames("sonet", known), ["sonnet", "sonnets", "sonne"]);
  assert.deepEqual(nearNames("gpt-4", known), []);
});

test("they end a sentence", () => {
  assert.equal(nearestAre([]), "");
  assert.equal(nearestAre(["a"]), '; the nearest is "a"');
  assert.equal(nearestAre(["a", "b"]), '; the nearest are "a", "b"');
});
