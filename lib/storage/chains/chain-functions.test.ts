import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { registerChainFunctions } from "./chain-functions.ts";
import { chainHash, chainStart, hexOf } from "./chain-hash.ts";

const hexBy = (expression: string): unknown => {
  using database = new DatabaseSync(":memory:");
  registerChainFunctions(database);
  return database.prepare(`SELECT lower(hex(${expression})) AS hex`).get()?.["hex"];
};

test("SEC-11 a hash covers the one before it and the JSON of the values", () => {
  const bytes = Buffer.concat([Buffer.alloc(32), Buffer.from('["漫",1,null,"\\u0000"]')]);
  const expected = hash("sha256", bytes, "hex");
  assert.equal(hexOf(chainHash(chainStart, ["漫", 1, null, "\u0000"])), expected);
  assert.equal(hexBy("chain_hash(NULL, '漫', 1, NULL, char(0))"), expected);
  assert.equal(hexBy("chain_hash(zeroblob(32), '漫', 1.0, NULL, char(0))"), expected);
  assert.notEqual(hexBy(`chain_hash(x'${expected}', '漫', 1, NULL, char(0))`), expected);
});

test("SEC-11 values never run into one another", () => {
  const hashes = [["ab", "c"], ["a", "bc"], ["abc"], ["a", "b", "c"], ["1"], [1], [null], [""]];
  const hexes = hashes.map((values) => hexOf(chainHash(chainStart, values)));
  assert.equal(new Set(hexes).size, hashes.length);
});

test("what has no JSON of its own is refused, not hashed as something else", () => {
  for (const bad of ["chain_hash('text', 1)", "chain_hash(NULL, x'00')"]) {
    assert.throws(() => hexBy(bad), /Cannot chain a row/);
  }
  assert.throws(() => hexBy("chain_hash(NULL, 9007199254740993)"));
});
