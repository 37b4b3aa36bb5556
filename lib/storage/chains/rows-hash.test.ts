import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { chainStart, hexOf, type ChainValue } from "./chain-hash.ts";
import { isRowsHash, RowsHash } from "./rows-hash.ts";

const hexOfRows = (values: readonly ChainValue[], previous: Uint8Array = chainStart): string => {
  const rows = new RowsHash();
  rows.begin(previous);
  for (const value of values) rows.add(value);
  return hexOf(rows.digest());
};

/** As an auditor would write it. */
const field = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};

test("MON-14 a hash of rows covers the one before, and each value with its length", () => {
  const bytes = [Buffer.alloc(32), field("漫"), field("12"), Buffer.alloc(4, 0xff), field("")];
  const expected = `01${hash("sha256", Buffer.concat(bytes), "hex")}`;
  assert.equal(hexOfRows(["漫", 12, null, ""]), expected);
  const behind = [Buffer.from(expected, "hex"), field("a")];
  assert.equal(
    hexOfRows(["a"], Buffer.from(expected, "hex")),
    `01${hash("sha256", Buffer.concat(behind), "hex")}`,
  );
});

test("MON-14 values never run into one another, whatever they are", () => {
  const anyValue = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant(null));
  fc.assert(
    fc.property(fc.array(anyValue), fc.array(anyValue), (a, b) => {
      const isSame = a.length === b.length && a.every((value, index) => value === b[index]);
      assert.equal(hexOfRows(a) === hexOfRows(b), isSame);
    }),
  );
});

test("rows of any size, and what is taken back is not in it", () => {
  const long = "漢".repeat(100_000);
  const rows = new RowsHash();
  rows.begin(chainStart);
  rows.add("a");
  const { length } = rows;
  for (let n = 0; n < 3; n++) rows.add(long);
  rows.cut(length);
  rows.add("b");
  assert.equal(hexOf(rows.digest()), hexOfRows(["a", "b"]));
  assert.equal(hexOfRows([long, long]).length, 66);
});

test("what is let go is in the hash, and takes no memory", () => {
  const rows = new RowsHash();
  const values = Array.from({ length: 1_000 }, (_, n) => "漢".repeat(n));
  for (const previous of [chainStart, new Uint8Array(33)]) {
    rows.begin(previous);
    for (const value of values) {
      rows.add(value);
      rows.letGo();
      assert.ok(rows.length < 65_536);
    }
    assert.equal(hexOf(rows.digest()), hexOfRows(values, previous));
  }
});

test("a hash of rows is told from that of one row", () => {
  const rows = new RowsHash();
  rows.begin(chainStart);
  assert.equal(isRowsHash(rows.digest()), true);
  assert.equal(isRowsHash(new Uint8Array(32)), false);
  assert.equal(isRowsHash(new Uint8Array(33)), false);
  assert.equal(isRowsHash(new Uint8Array()), false);
});
