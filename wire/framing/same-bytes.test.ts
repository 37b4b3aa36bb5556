import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { sameBytes } from "./same-bytes.ts";

test("compares every byte, at any place and length", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((raw) => Buffer.from(raw));
  fc.assert(
    fc.property(bytes, bytes, fc.nat(19), (before, word, at) => {
      const whole = Buffer.concat([before, word]);
      assert.ok(sameBytes(whole, before.length, word));
      const wrong = Buffer.from(whole);
      const place = before.length + (at % word.length);
      wrong[place] = (wrong[place] ?? 0) ^ 1;
      assert.ok(!sameBytes(wrong, before.length, word));
    }),
    { numRuns: 2000 },
  );
});

test("a word that reaches beyond the end is not there", () => {
  assert.ok(!sameBytes(Buffer.from("abc"), 1, Buffer.from("bcd")));
  assert.ok(sameBytes(Buffer.from("abc"), 3, Buffer.alloc(0)));
});
