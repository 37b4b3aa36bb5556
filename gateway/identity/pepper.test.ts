import assert from "node:assert/strict";
import { test } from "node:test";
import { Pepper } from "./pepper.ts";

const secret = (byte: number): Buffer => Buffer.alloc(32, byte);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("SEC-1 a hash is HMAC-SHA-256 under the current version (RFC 4231, case 6)", () => {
  const pepper = new Pepper(3, new Map([[3, Buffer.alloc(131, 0xaa)]]));
  const hashed = pepper.hash("Test Using Larger Than Block-Size Key - Hash Key First");
  assert.equal(hashed.pepper, 3);
  assert.equal(
    hex(hashed.hmac),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  );
});

test("SEC-1 each version hashes otherwise, and an old one can still be asked for", () => {
  const pepper = new Pepper(2, new Map([1, 2].map((version) => [version, secret(version)])));
  assert.notEqual(hex(pepper.hash("k").hmac), hex(pepper.hash("k", 1).hmac));
  assert.equal(pepper.hash("k", 1).pepper, 1);
});

test("a pepper that is short or missing is refused with a sentence", () => {
  assert.throws(() => new Pepper(1, new Map([[1, Buffer.alloc(31)]])), /31 bytes, at least 32/);
  assert.throws(() => new Pepper(2, new Map([[1, secret(1)]])), /pepper 2: there is 1/);
  assert.throws(() => new Pepper(1, new Map()), /there is none/);
  const pepper = new Pepper(1, new Map([[1, secret(1)]]));
  assert.throws(() => pepper.hash("k", 9), /pepper 9: there is 1/);
});
