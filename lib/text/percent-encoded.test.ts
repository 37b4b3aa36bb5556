import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readablePercent } from "./percent-encoded.ts";

const cases: readonly (readonly [name: string, shown: string])[] = [
  ["anna@example.com", "anna@example.com"],
  ["auth0|user 23:día", "auth0|user 23:día"],
  ["漫画😀", "漫画😀"],
  ["a/b", "a%2Fb"],
  ["50%40", "50%2540"],
  ['a"b', "a%22b"],
  ["\u001b[2Jevil\n", "%1B[2Jevil%0A"],
  ["\u202eevil\u200d\u2028", "%E2%80%AEevil%E2%80%8D%E2%80%A8"],
  ["\u0085", "%C2%85"],
  ["", ""],
];

for (const [name, shown] of cases) {
  test(`a percent-encoded ${JSON.stringify(name)} is shown as ${shown}`, () => {
    assert.equal(readablePercent(`user:t/${encodeURIComponent(name)}:day`), `user:t/${shown}:day`);
  });
}

test("what is no UTF-8 or not encoded at all stays as it is", () => {
  for (const text of ["%", "%4", "%zz", "%FF", "%C3", "a%E6%BCb", "100 %"]) {
    assert.equal(readablePercent(text), text);
  }
});

test("of no two names the same is shown, and none has a control character", () => {
  const named = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(named, named, (a, b) => {
      const [one, other] = [a, b].map((each) => readablePercent(encodeURIComponent(each)));
      assert.equal(one === other, a === b);
      assert.doesNotMatch(one ?? "", /[\p{Cc}\p{Cf}/"]/u);
    }),
  );
});
