import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import fc from "fast-check";
import { mintKey, readKey, type KeyNaming } from "./key-format.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const naming: KeyNaming = { keyId: `key_${"0".repeat(25)}a`, role: "client", env: "dev" };
const mint = (seed: number, changes: Partial<KeyNaming> = {}): string =>
  mintKey({ ...naming, ...changes }, new SeededRandom(seed));

test("SEC-1 a key has the documented shape and fixed lengths", () => {
  assert.match(mint(1), /^sk_dev_0{25}a_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
  assert.match(mint(1, { role: "admin", env: "prod" }), /^ska_prod_0{25}a_[0-9A-Za-z]{49}$/);
});

test("SEC-1 a key of all zero or all one bits keeps its length", () => {
  for (const byte of [0, 255]) {
    const random = new SeededRandom(1);
    random.bytes = (length) => Buffer.alloc(length, byte);
    const raw = mintKey(naming, random);
    assert.equal(raw.length, "sk_dev_".length + 26 + 1 + 43 + 6);
    assert.equal(readKey(raw).kind, "ours");
  }
});

test("SEC-1 a minted key reads back to its id and role", () => {
  const shape = readKey(mint(2, { role: "admin" }));
  assert.deepEqual(shape, { kind: "ours", isStaff: true, keyId: naming.keyId });
});

test("SEC-1 the checksum refuses every single wrong character and every swap of neighbours", () => {
  const raw = mint(3);
  const start = "sk_dev_".length;
  for (let at = start; at < raw.length; at++) {
    if (raw[at] === "_") continue;
    for (const letter of alphabet) {
      if (letter === raw[at]) continue;
      const typo = raw.slice(0, at) + letter + raw.slice(at + 1);
      assert.equal(readKey(typo).kind, "mistyped", typo);
    }
    const [left, right] = [raw[at] ?? "", raw[at + 1] ?? ""];
    if (left === right || right === "_" || right === "") continue;
    const swapped = raw.slice(0, at) + right + left + raw.slice(at + 2);
    assert.equal(readKey(swapped).kind, "mistyped", swapped);
  }
});

test("SEC-1 a client key cannot be passed off as an admin key", () => {
  assert.equal(readKey(mint(4).replace("sk_", "ska_")).kind, "mistyped");
});

test("SEC-1 two keys share nothing but their naming", () => {
  const random = new SeededRandom(5);
  const keys = new Set(Array.from({ length: 1000 }, () => mintKey(naming, random)));
  assert.equal(keys.size, 1000);
});

const foreign: readonly (readonly [name: string, raw: string])[] = [
  ["empty", ""],
  ["another vendor's", "sk-proj-abcdefghijklmnop"],
  ["cut off", mint(6).slice(0, -1)],
  ["with a space behind", `${mint(6)} `],
  ["with a line break behind", `${mint(6)}\n`],
  ["doubled", mint(6) + mint(6)],
  ["with a character outside base62", mint(6).replace("_0", "_é")],
  ["huge", "a".repeat(1_000_000)],
];

for (const [name, raw] of foreign) {
  test(`a raw key that is ${name} is foreign`, () => {
    assert.deepEqual(readKey(raw), { kind: "foreign" });
  });
}

test("reading any text never throws and never finds a key that was not minted", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.notEqual(readKey(text).kind, "ours");
    }),
  );
});

test("minting refuses a naming that could not be read back", () => {
  assert.throws(() => mint(7, { env: "Prod 1" }), /Cannot mint a key/);
  assert.throws(() => mint(7, { keyId: "key_short" }), /Cannot mint a key/);
});
