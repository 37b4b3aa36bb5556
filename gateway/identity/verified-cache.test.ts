import assert from "node:assert/strict";
import { test } from "node:test";
import type { Principal } from "../principal.ts";
import { VerifiedCache, type Verified } from "./verified-cache.ts";

const verified = (keyId: string): Verified => {
  const principal: Principal = {
    keyId,
    tenant: "acme",
    team: null,
    role: "client",
    models: [],
    surfaces: [],
    criticality: "critical",
    requestBudget: null,
    streamGraceMs: null,
  };
  return { principal, untilMs: Infinity };
};

test("never holds more than its limit, and drops the oldest first", () => {
  const cache = new VerifiedCache(3);
  for (let n = 0; n < 100; n++) cache.add(`digest-${n}`, verified(`key-${n % 7}`));
  assert.equal(cache.size, 3);
  assert.equal(cache.get("digest-96"), undefined);
  assert.notEqual(cache.get("digest-97"), undefined);
});

test("forget empties every digest of one key and no other", () => {
  const cache = new VerifiedCache(10);
  cache.add("old", verified("a"));
  cache.add("new", verified("a"));
  cache.add("other", verified("b"));
  cache.forget("a");
  cache.forget("a");
  cache.forget("nobody");
  assert.equal(cache.get("old"), undefined);
  assert.equal(cache.get("new"), undefined);
  assert.equal(cache.size, 1);
});

test("forget finds a digest that was added after another of its key fell out", () => {
  const cache = new VerifiedCache(1);
  cache.add("first", verified("a"));
  cache.add("second", verified("a"));
  cache.add("second", verified("a"));
  cache.forget("a");
  assert.equal(cache.size, 0);
});
