import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { mintPair, secretOf } from "./access-pair.ts";
import { Pepper } from "./pepper.ts";

const pepperOf = (byte: number): Pepper =>
  new Pepper(2, new Map([1, 2].map((version) => [version, Buffer.alloc(32, byte + version)])));

const bytesOf = (byte: number): SeededRandom => {
  const random = new SeededRandom(1);
  random.bytes = (length) => Buffer.alloc(length, byte);
  return random;
};

test("SEC-1 a pair looks like one of AWS: 20 characters and 40 characters", () => {
  const pair = mintPair(new SeededRandom(1));
  assert.match(pair.accessKeyId, /^SKIA[A-Z2-7]{16}$/);
  assert.match(secretOf(pair, pepperOf(0), 2), /^[A-Za-z0-9+/]{40}$/);
  assert.equal(pair.salt.length, 32);
});

test("an access key id of all zero or all one bits keeps its length", () => {
  assert.equal(mintPair(bytesOf(0)).accessKeyId, `SKIA${"A".repeat(16)}`);
  assert.equal(mintPair(bytesOf(255)).accessKeyId, `SKIA${"7".repeat(16)}`);
});

test("an access key id is the base32 of its bytes (RFC 4648)", () => {
  const random = new SeededRandom(1);
  random.bytes = () => Buffer.from("foobarfoob");
  assert.equal(mintPair(random).accessKeyId, "SKIAMZXW6YTBOJTG633C");
});

test("SEC-1 two pairs share nothing", () => {
  const random = new SeededRandom(2);
  const pairs = Array.from({ length: 1000 }, () => mintPair(random));
  assert.equal(new Set(pairs.map(({ accessKeyId }) => accessKeyId)).size, 1000);
  assert.equal(new Set(pairs.map((pair) => secretOf(pair, pepperOf(0), 2))).size, 1000);
});

test("SEC-1 the secret takes id, salt and pepper; with another of them it is another", () => {
  const pair = mintPair(new SeededRandom(3));
  const secret = secretOf(pair, pepperOf(0), 2);
  assert.equal(secretOf({ ...pair }, pepperOf(0), 2), secret);
  const others = [
    secretOf({ ...pair, accessKeyId: `SKIA${"A".repeat(16)}` }, pepperOf(0), 2),
    secretOf({ ...pair, salt: Buffer.alloc(32) }, pepperOf(0), 2),
    secretOf(pair, pepperOf(7), 2),
    secretOf(pair, pepperOf(0), 1),
  ];
  assert.equal(new Set([secret, ...others]).size, 5);
});

test("SEC-1 a stored hash of a key is the secret of no pair", () => {
  const pepper = pepperOf(0);
  const salt = Buffer.from("sk_dev_".padEnd(32, "0"));
  const { hmac } = pepper.hash(salt.toString());
  const hashed = Buffer.from(hmac.subarray(0, 30)).toString("base64");
  assert.notEqual(secretOf({ accessKeyId: "", salt }, pepper, 2), hashed);
});
