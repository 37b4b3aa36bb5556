import assert from "node:assert/strict";
import { test } from "node:test";
import { isIdBody } from "./id-body.ts";

const good = "01m7w6n4z3eaetmaan58we9d60";
const withAt = (at: number, letter: string): string =>
  good.slice(0, at) + letter + good.slice(at + 1);

const refused: readonly (readonly [name: string, text: string])[] = [
  ["empty", ""],
  ["one short", good.slice(1)],
  ["one long", `${good}0`],
  ["upper case", good.toUpperCase()],
  ["a letter Crockford left out", withAt(20, "u")],
  ["a character above ASCII", withAt(20, "é")],
  ["a lone surrogate", withAt(20, "\ud800")],
  ["more than 128 bits", withAt(0, "8")],
  ["another UUID version", withAt(10, "8")],
  ["another UUID variant", withAt(13, "0")],
  ["a huge text", "0".repeat(1_000_000)],
];

test("an id body is accepted", () => {
  assert.equal(isIdBody(good), true);
});

for (const [name, text] of refused) {
  test(`not an id body: ${name}`, () => {
    assert.equal(isIdBody(text), false);
  });
}
