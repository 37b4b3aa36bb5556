import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatPath, isBelow, parsePath } from "./config-path.ts";

test("formatPath quotes only keys that would be misread", () => {
  assert.equal(formatPath(["models", "fast", "targets", 0]), "models.fast.targets[0]");
  assert.equal(formatPath(["models", "gpt-3.5-turbo"]), 'models["gpt-3.5-turbo"]');
  assert.equal(formatPath(["models", 'a"b', "x"]), 'models["a\\"b"].x');
  assert.equal(formatPath([]), "");
});

test("parsePath reads back what formatPath wrote, for any keys", () => {
  const key = fc.oneof(fc.string({ minLength: 1 }), fc.nat({ max: 99_999 }));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(key), (first, rest) => {
      const path = [first, ...rest];
      assert.deepEqual(parsePath(formatPath(path)), path);
    }),
  );
});

test("parsePath refuses what is no path", () => {
  for (const text of ["", ".", "a..b", "a.", "a[", "a[-1]", "a[01]", 'a["b', 'a["\\x"]', "a b"]) {
    assert.equal(parsePath(text), null, text);
  }
});

test("isBelow compares keys, not texts", () => {
  assert.ok(isBelow(["models", "a"], ["models"]));
  assert.ok(isBelow(["models"], ["models"]));
  assert.ok(!isBelow(["models"], ["models", "a"]));
  assert.ok(!isBelow(["modelsx"], ["models"]));
});
