import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { KeyMemo } from "./key-memo.ts";

test("PRF-7 what was read before is not read again, and never taken for anything else", () => {
  const memo = new KeyMemo();
  const asked = fc.record({ about: fc.string(), body: fc.uint8Array({ maxLength: 20 }) });
  fc.assert(
    fc.property(asked, ({ about, body }) => {
      const key = JSON.stringify([about, [...body]]);
      assert.equal(
        memo.of(about, Buffer.from(body), () => key),
        key,
      );
      const again = memo.of(about, Buffer.from(body), () => assert.fail("it was read again"));
      assert.equal(again, key);
    }),
  );
});

test("PRF-7 what has no key is asked for again; long bodies are not held, nor too many", () => {
  const memo = new KeyMemo();
  let made = 0;
  const none = () => {
    made += 1;
    return null;
  };
  for (let n = 0; n < 3; n += 1) memo.of("t", Buffer.from("a"), none);
  assert.equal(made, 3);
  memo.of("t", Buffer.alloc(8_193), () => "key");
  assert.equal(memo.bytes, 0);
  for (let n = 0; n < 2_000; n += 1) {
    const body = Buffer.alloc(8_000, n % 256);
    memo.of(String(n), body, () => "key");
  }
  assert.ok(memo.bytes <= 4 * 1_048_576 && memo.bytes > 4_000_000, `${memo.bytes} bytes`);
});
