import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeChunk, encodeChunk } from "./entry-chunk.ts";

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "grapheme" }).map((text) => ({ type: "text", text })),
);

test("STR-1 entries come back from a chunk as they were put in, numbers and kinds included", () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.array(fc.record({ kind: fc.nat(4), payload }), { maxLength: 50 }),
      (firstSeq, kept) => {
        const entries = kept.map((entry, n) => ({ ...entry, seq: firstSeq + n }));
        assert.deepEqual(decodeChunk(encodeChunk(entries), firstSeq), entries);
      },
    ),
  );
});
