import assert from "node:assert/strict";
import { test } from "node:test";
import { idBodyIn, isIdBody } from "./id-body.ts";

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

const shown = [
  good,
  `req_${good}`,
  `rsp_${good}`,
  `rsp_${good}:1:42`,
  `rsp_${good}:1:42.3`,
  `chatcmpl-${good}`,
  `msg_bdrk_${good}`,
  `msg_${good}_0`,
];

for (const text of shown) {
  test(`an id body is found in ${text}`, () => {
    assert.equal(idBodyIn(text), good);
  });
}

const strange = [
  "",
  "req_",
  ` req_${good}`,
  `req_${good} `,
  `REQ_${good}`,
  `req ${good}`,
  `req_${good.toUpperCase()}`,
  `${good}${good}`,
  `a_b_c_d_e_${good}`,
  `req_${good}_`,
  `req_${good}/x`,
  "chatcmpl-BhzjTzVvVfQ2Yd4m4mVnQ0b3n8K2L",
  "msg_01XFDUDYJgAACzvnptvVoYEL",
  "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  "a_".repeat(500_000),
];

for (const text of strange) {
  test(`no id body is found in "${text.slice(0, 60)}"`, () => {
    assert.equal(idBodyIn(text), null);
  });
}
