import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import fc from "fast-check";

import { HmacKey } from "./hmac-key.ts";

const expected = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text).digest("hex");

test("the first example of RFC 4231", () => {
  assert.equal(
    new HmacKey(Buffer.alloc(20, 0x0b)).hex("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
});

test("one key says of any texts, one after the other, what createHmac says", () => {
  const texts = fc.array(fc.string({ unit: "binary", maxLength: 400 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), texts, (key, all) => {
      const own = new HmacKey(key);
      for (const text of all) assert.equal(own.hex(text), expected(key, text));
    }),
  );
});

test("a long text makes room for itself, and shorter ones behind it are not touched by it", () => {
  const key = Buffer.from("key");
  const own = new HmacKey(key);
  for (const text of ["a".repeat(10_000), "あ".repeat(3_000), "", "short"]) {
    assert.equal(own.hex(text), expected(key, text));
  }
});
