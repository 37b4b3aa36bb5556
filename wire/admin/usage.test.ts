import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nanoUsdJson, parseUsageQuery, usageGroups, usageRanges } from "./usage.ts";

const nothing = { tenant: null, team: null, key: null, agent: null, range: "24h", group: null };

test("MON-14 no query means the last 24 hours of everything", () => {
  assert.deepEqual(parseUsageQuery(""), { ok: true, value: nothing });
});

test("MON-14 filters are decoded once", () => {
  const parsed = parseUsageQuery("tenant=acme&agent=%E6%BC%AB%E7%94%BB+bot&key=key_1&team=a%2520b");
  const value = { ...nothing, tenant: "acme", agent: "漫画 bot", key: "key_1", team: "a%20b" };
  assert.deepEqual(parsed, { ok: true, value });
});

test("MON-14 every range and group of the interface is known", () => {
  for (const range of Object.keys(usageRanges)) {
    for (const group of usageGroups) {
      const parsed = parseUsageQuery(`range=${range}&group=${group}`);
      assert.deepEqual(parsed, { ok: true, value: { ...nothing, range, group } });
    }
  }
  for (const group of [
    "tenant",
    "team",
    "key",
    "agent",
    "model",
    "provider",
    "region",
    "outcome",
  ]) {
    assert.ok(usageGroups.some((known) => known === group));
  }
});

test("MON-14 a range may be a month or a day", () => {
  for (const calendar of ["2026-11", "2026-11-21", "2026-99"]) {
    const parsed = parseUsageQuery(`range=${calendar}`);
    assert.deepEqual(parsed, { ok: true, value: { ...nothing, range: { calendar } } });
  }
});

const refused: readonly (readonly [query: string, param: string])[] = [
  ["range=2h", "range"],
  ["range=2026", "range"],
  ["range=2026-1", "range"],
  ["range=2026-11-21T00", "range"],
  ["range=2026-11%0A", "range"],
  ["range=", "range"],
  ["range=__proto__", "range"],
  ["group=user", "group"],
  ["group=", "group"],
  ["rnage=1h", "rnage"],
  ["tenant=a&tenant=b", "tenant"],
  [`agent=${"x".repeat(257)}`, "agent"],
  ["range", "range"],
  ["tenant=", "tenant"],
  ["key", "key"],
];

for (const [query, param] of refused) {
  test(`GET /admin/usage refuses ?${query.slice(0, 40)}`, () => {
    const parsed = parseUsageQuery(query);
    assert.deepEqual(parsed.ok ? null : [parsed.code, parsed.path], ["invalid_value", param]);
  });
}

test("MON-14 a split by user is refused with the groups, and says that an export has users", () => {
  const parsed = parseUsageQuery("group=user");
  assert.match(parsed.ok ? "" : parsed.message, /outcome, source; an export has the user of each/);
});

test("no query makes the parser throw", () => {
  fc.assert(fc.property(fc.string(), (query) => void parseUsageQuery(query)));
});

test("costs beyond 2^53 travel as decimal strings", () => {
  assert.equal(nanoUsdJson(0n), 0);
  assert.equal(nanoUsdJson(2n ** 53n - 1n), 9_007_199_254_740_991);
  assert.equal(nanoUsdJson(2n ** 53n + 1n), "9007199254740993");
});
