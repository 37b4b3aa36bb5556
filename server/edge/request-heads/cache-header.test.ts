import assert from "node:assert/strict";
import { test } from "node:test";
import { saidCacheOf } from "./cache-header.ts";

const said = (text?: string) => saidCacheOf({ header: () => text });
const use = (ttlMs: number | null, isRefresh = false) => ({ kind: "use", ttlMs, isRefresh });

test("STR-14 a client says how old an answer may be, or that it wants none", () => {
  assert.equal(said(), null);
  assert.deepEqual(said("ttl"), use(3_600_000));
  assert.deepEqual(said("ttl=60"), use(60_000));
  assert.deepEqual(said("ttl=86400"), use(86_400_000));
  assert.deepEqual(said("refresh"), use(null, true));
  assert.deepEqual(said("ttl=5 , refresh"), use(5_000, true));
  assert.deepEqual(said("no-store"), { kind: "no-store" });
});

test("STR-14 what cannot be understood is refused, and never taken for a yes", () => {
  const wrong = [
    ..."|,|yes|TTL=5|ttl=|ttl=0|ttl=-1|ttl=1.5|ttl=1e3|ttl=86401|ttl=999999|ttl=5;refresh".split(
      "|",
    ),
    ..."ttl=5,ttl=6|refresh,refresh|no-store,refresh|refresh,no-store|ttlx|ttl =5|ttl,,|*".split(
      "|",
    ),
    "ttl,refresh,no-store,ttl",
    "a".repeat(10_000),
  ];
  for (const text of wrong) {
    assert.throws(() => said(text), { code: "invalid_value" }, JSON.stringify(text));
  }
});
