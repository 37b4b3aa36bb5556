import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "./random.ts";

const draws = 20_000;

/** What every adapter of `Random` promises. The bounds fail by chance once in 10^9 runs. */
export const randomConformance = (name: string, makeRandom: () => Random): void => {
  void test(`${name}: float() is in [0, 1) and even`, () => {
    const random = makeRandom();
    let sum = 0;
    for (let n = 0; n < draws; n++) {
      const float = random.float();
      assert.ok(float >= 0 && float < 1, `drew ${float}`);
      sum += float;
    }
    assert.ok(Math.abs(sum / draws - 0.5) < 0.0125, `mean ${sum / draws}`);
  });

  void test(`${name}: uint32() is a whole number below 2^32, every bit as often set as not`, () => {
    const random = makeRandom();
    const set = Array.from({ length: 32 }, () => 0);
    for (let n = 0; n < draws; n++) {
      const word = random.uint32();
      assert.ok(Number.isInteger(word) && word >= 0 && word < 2 ** 32, `drew ${word}`);
      for (let bit = 0; bit < 32; bit++) set[bit] = (set[bit] ?? 0) + ((word >>> bit) & 1);
    }
    for (const count of set) assert.ok(Math.abs(count / draws - 0.5) < 0.025, set.join(" "));
  });

  void test(`${name}: bytes() gives the length asked for, never the same twice`, () => {
    const random = makeRandom();
    for (const length of [0, 1, 3, 4, 5, 31, 8_192, 8_193, 100_000]) {
      assert.equal(random.bytes(length).length, length);
    }
    const seen = new Set(Array.from({ length: 2_000 }, () => random.bytes(16).toString("hex")));
    assert.equal(seen.size, 2_000);
  });

  void test(`${name}: bytes() stay as they are when more are drawn`, () => {
    const random = makeRandom();
    const first = random.bytes(32);
    const copy = Buffer.from(first);
    for (let n = 0; n < 1_000; n++) random.bytes(32);
    assert.deepEqual(first, copy);
  });
};
