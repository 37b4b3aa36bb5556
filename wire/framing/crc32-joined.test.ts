import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";

import fc from "fast-check";

import { joinedCrc32 } from "./crc32-joined.ts";

test("the sum of two ranges is that of their bytes one behind the other", () => {
  const bytes = fc.uint8Array({ maxLength: 3_000 });
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const both = Buffer.concat([first, second]);
      assert.equal(joinedCrc32(crc32(first), crc32(second), second.length), crc32(both));
    }),
  );
});

test("so is that of lengths up to the longest message", () => {
  const first = Buffer.from("first");
  for (const length of [0, 1, 4_095, 65_536, 1_234_567, 2 ** 24 - 1, 2 ** 24]) {
    const second = Buffer.alloc(length, 0xa7);
    const both = crc32(second, crc32(first));
    assert.equal(joinedCrc32(crc32(first), crc32(second), length), both);
  }
});
