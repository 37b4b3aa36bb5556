import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import type { SurfaceHead } from "../request.ts";
import { FingerprintMemo } from "./fingerprint-memo.ts";
import { fingerprintOf } from "./fingerprint.ts";

const chat: SurfaceHead = { surface: "openai.chat" };
const other: SurfaceHead = { surface: "openai.completions" };

test("STR-13 a fingerprint is the same whether it was made before or not", () => {
  const asked = fc.array(fc.tuple(fc.constantFrom(chat, other), fc.jsonValue({ maxDepth: 1 })));
  fc.assert(
    fc.property(asked, (all) => {
      const memo = new FingerprintMemo(3);
      for (const [said, value] of [...all, ...all.toReversed()]) {
        const body = Buffer.from(JSON.stringify(value));
        assert.equal(memo.of(said, body), fingerprintOf(said, body));
      }
    }),
  );
});

test("no more than so many are held", () => {
  const memo = new FingerprintMemo(3);
  for (let index = 0; index < 10; index += 1) memo.of(chat, Buffer.from(`[${index}]`));
  assert.equal(memo.size, 3);
});

test("of a body that cannot be read nothing is held", () => {
  const memo = new FingerprintMemo();
  assert.throws(() => memo.of(chat, Buffer.from("{")));
  assert.equal(memo.size, 0);
});
