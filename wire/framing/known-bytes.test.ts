import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { ChunkView, KnownBytes } from "./known-bytes.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

test("bytes are found where they stand, and not where one of them differs", () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.nat(), (before, word, after, pick) => {
      const whole = Buffer.concat([before, word, after]);
      const known = new KnownBytes(word);
      const end = before.length + word.length;
      assert.ok(known.isAt(new ChunkView().of(whole), before.length, end));
      assert.ok(known.beginsUntil(new ChunkView().of(whole), before.length, end));
      if (word.length === 0) return;
      const at = before.length + (pick % word.length);
      const wrong = Buffer.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      assert.ok(!known.isAt(new ChunkView().of(wrong), before.length, end));
      assert.ok(!known.beginsUntil(new ChunkView().of(wrong), before.length, end));
      assert.ok(known.beginsUntil(new ChunkView().of(wrong), before.length, at));
    }),
  );
});

test("what ends behind the end, or begins behind it, is not there", () => {
  const view = new ChunkView().of(Buffer.from("abcdefgh"));
  const known = new KnownBytes(Buffer.from("efgh"));
  assert.ok(known.isAt(view, 4, 8));
  assert.ok(!known.isAt(view, 4, 7));
  assert.ok(!known.isAt(view, 5, 8));
  assert.ok(known.beginsUntil(view, 4, 4));
  assert.ok(!known.beginsUntil(view, 5, 4));
  assert.ok(!new KnownBytes(Buffer.from("e")).beginsUntil(view, 4, 6));
});

test("a copy is kept, and each chunk is looked at through its own view", () => {
  const word = Buffer.from("abcd");
  const known = new KnownBytes(word);
  word.fill(0);
  const views = new ChunkView();
  const [one, other] = [Buffer.from("abcd"), Buffer.from("....abcd").subarray(4)];
  assert.ok(known.isAt(views.of(one), 0, 4));
  assert.equal(views.of(one), views.of(one));
  assert.ok(known.isAt(views.of(other), 0, 4));
  assert.ok(!known.isAt(views.of(Buffer.from("abcx")), 0, 4));
});
