import assert from "node:assert/strict";
import { test } from "node:test";
import { samplePattern } from "./sample-pattern.ts";

const known = [
  "^[A-Z]{3}-\\d{4}$",
  "^(?:foo|bar)+$",
  "^\\+?[1-9]\\d{1,14}$",
  "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
  "\\d+",
  "^#(?:[0-9a-f]{3}){1,2}$",
  "^\\p{Script=Han}{2,4}$",
  "^a|b$",
  "^[^a-z]$",
  "^(\\d{4})-(0[1-9]|1[0-2])$",
  "^$",
  "^.{8,}$",
  "^x{2,5}?y*$",
];
for (const pattern of known) {
  test(`a text that matches ${pattern}`, () => {
    const text = samplePattern(pattern, {});
    assert.ok(text !== null);
    assert.match(text, new RegExp(pattern, "u"));
  });
}

for (const pattern of ["(a)\\1", "(?=a)a", "(", "^a{1000}$", "[", "\\k<a>"]) {
  test(`nothing for ${pattern}`, () => assert.equal(samplePattern(pattern, {}), null));
}

test("lengths are kept", () => {
  assert.ok((samplePattern("^a+$", { minLength: 5 })?.length ?? 0) >= 5);
  assert.equal(samplePattern("^a*$", { maxLength: 0 }), "");
  assert.equal(samplePattern("^a{3}$", { maxLength: 2 }), null);
});
