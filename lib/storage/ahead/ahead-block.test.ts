import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeBlocks, encodeBlock, type AheadBlock } from "./ahead-block.ts";

const anyValue = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constant(null),
  fc.integer(),
  // JSON has no negative zero, and neither has SQLite.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
);

const anyBlocks = fc
  .array(
    fc.array(
      fc.record(
        {
          sql: fc.constantFrom("INSERT INTO a VALUES (?)", "INSERT INTO b VALUES (?)"),
          params: fc.array(anyValue, { maxLength: 4 }),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 5 },
    ),
    { maxLength: 6 },
  )
  .map((all): AheadBlock[] => all.map((writes, index) => ({ place: index + 1, writes })));

test("MON-10 blocks are read as they were written", () => {
  fc.assert(
    fc.property(anyBlocks, (blocks) => {
      assert.deepEqual(decodeBlocks(Buffer.concat(blocks.map(encodeBlock))), blocks);
    }),
  );
});

test("MON-10 of bytes that end anywhere the whole blocks are read, and nothing else", () => {
  fc.assert(
    fc.property(anyBlocks, fc.nat(10_000), (blocks, cut) => {
      const encoded = blocks.map(encodeBlock);
      const bytes = Buffer.concat(encoded);
      const length = cut % (bytes.length + 1);
      let whole = 0;
      for (let end = 0; whole < encoded.length; whole += 1) {
        end += encoded[whole]?.length ?? 0;
        if (end > length) break;
      }
      assert.deepEqual(decodeBlocks(bytes.subarray(0, length)), blocks.slice(0, whole));
    }),
  );
});

test("MON-10 a changed byte ends what is read in front of its block", () => {
  const blocks = [1, 2, 3].map((place) => ({ place, writes: [{ sql: "X", params: [place] }] }));
  const encoded = blocks.map(encodeBlock);
  const first = encoded[0]?.length ?? 0;
  const second = encoded[1]?.length ?? 0;
  for (let at = first; at < first + second; at += 1) {
    const bytes = Buffer.concat(encoded);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x40, at);
    assert.deepEqual(decodeBlocks(bytes), blocks.slice(0, 1), `byte ${at}`);
  }
});

test("MON-10 what stands behind newer blocks is not read", () => {
  const block = (place: number) => encodeBlock({ place, writes: [{ sql: "X", params: [place] }] });
  const bytes = Buffer.concat([block(7), block(8), block(3), block(9)]);
  assert.deepEqual(
    decodeBlocks(bytes).map(({ place }) => place),
    [7, 8],
  );
});
