import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseKeyCreation, parseKeyLimits, parseKeyQuery, parseKeyRotation } from "./keys.ts";

test("a client key needs a tenant; everything else has a default", () => {
  assert.deepEqual(parseKeyCreation({ tenant: "acme" }), {
    ok: true,
    value: {
      tenant: "acme",
      team: null,
      role: "client",
      name: "",
      models: ["*"],
      surfaces: ["*"],
      criticality: "critical",
      requestBudget: null,
      streamGraceMs: null,
      budgetStatus: 402,
      tags: [],
      addresses: [],
      expiresInMs: null,
      origins: [],
      aws: false,
    },
  });
});

test("every field is taken as it is, lists without doubles", () => {
  const body = {
    tenant: "acme",
    team: "shop",
    role: "client",
    name: "レジ 🛒",
    models: ["fast*", "quality", "fast*"],
    surfaces: ["openai.chat"],
    criticality: "sheddable+",
    requestBudget: null,
    streamGraceMs: 0,
    budgetStatus: 429,
    tags: ["Team:search_1", "prod-2.0"],
    addresses: ["10.1.0.0/16", "2001:db8::7"],
    expiresInMs: 60_000,
    origins: ["https://shop.example:8443", "http://localhost:3000"],
    aws: true,
  };
  const parsed = parseKeyCreation(body);
  assert.deepEqual(parsed, { ok: true, value: { ...body, models: ["fast*", "quality"] } });
});

test("MON-14 tags of a key are sorted, none twice; none is none", () => {
  const read = (tags: readonly string[]) => {
    const parsed = parseKeyCreation({ tenant: "acme", tags });
    return parsed.ok ? parsed.value.tags : parsed.message;
  };
  const longest = "x".repeat(32);
  assert.deepEqual(read(["search", longest, "a:1", "search"]), ["a:1", "search", longest]);
  assert.deepEqual(read([]), []);
  assert.match(String(read(["a b"])), /tags must be a list of 1 to 8, each 1 to 32 letters/);
});

test("STR-6 the grace of a key's streams is a whole number of an hour at most, or null", () => {
  for (const streamGraceMs of [null, 0, 3_600_000]) {
    const parsed = parseKeyCreation({ tenant: "acme", streamGraceMs });
    assert.equal(parsed.ok ? parsed.value.streamGraceMs : parsed.message, streamGraceMs);
  }
  for (const streamGraceMs of [-1, 3_600_001, 1.5, "10s", true]) {
    const refused = parseKeyCreation({ tenant: "acme", streamGraceMs });
    const why = "streamGraceMs must be an integer from 0 to 3600000, or null";
    assert.equal(refused.ok ? null : refused.message, `Cannot read the body: ${why}`);
  }
});

test("SEC-17 an admin key has no team, models, surfaces, criticality or pair", () => {
  const parsed = parseKeyCreation({ role: "admin", name: "ops" });
  const nothing = { tenant: null, team: null, models: [], surfaces: [], aws: false };
  const limits = { addresses: [], expiresInMs: null, origins: [] };
  const none = {
    criticality: "critical",
    requestBudget: null,
    streamGraceMs: null,
    budgetStatus: 402,
    tags: [],
    ...limits,
  };
  const value = { ...nothing, ...none, role: "admin", name: "ops" };
  assert.deepEqual(parsed, { ok: true, value });
  const bound = parseKeyCreation({ role: "viewer", tenant: "acme" });
  const boundValue = { ...value, role: "viewer", tenant: "acme", name: "" };
  assert.deepEqual(bound, { ok: true, value: boundValue });
  for (const field of [
    "team",
    "models",
    "surfaces",
    "criticality",
    "requestBudget",
    "streamGraceMs",
    "budgetStatus",
    "tags",
    "aws",
  ]) {
    const refused = parseKeyCreation({ role: "admin", [field]: "x" });
    assert.equal(refused.ok ? null : refused.path, field);
  }
});

const tenant = "acme";
const refusedBodies: readonly (readonly [body: unknown, code: string, path: string | null])[] = [
  [undefined, "invalid_value", null],
  [null, "invalid_value", null],
  [[], "invalid_value", null],
  ["acme", "invalid_value", null],
  [{}, "missing_field", "tenant"],
  [{ tenant: null }, "missing_field", "tenant"],
  [{ tenant: "" }, "invalid_value", "tenant"],
  [{ tenant: 7 }, "invalid_value", "tenant"],
  [{ tenant: "a b" }, "invalid_value", "tenant"],
  [{ tenant: "a\n" }, "invalid_value", "tenant"],
  [{ tenant: "../x" }, "invalid_value", "tenant"],
  [{ tenant: "x".repeat(65) }, "invalid_value", "tenant"],
  [{ tenant, team: "{}" }, "invalid_value", "team"],
  [{ tenant, role: "root" }, "invalid_value", "role"],
  [{ tenant, name: "two\nlines" }, "invalid_value", "name"],
  [{ tenant, name: "\u001b[31m" }, "invalid_value", "name"],
  [{ tenant, name: "x".repeat(129) }, "invalid_value", "name"],
  [{ tenant, models: [] }, "invalid_value", "models"],
  [{ tenant, models: "fast" }, "invalid_value", "models"],
  [{ tenant, models: ["fast", 1] }, "invalid_value", "models"],
  [{ tenant, models: [""] }, "invalid_value", "models"],
  [{ tenant, models: Array.from({ length: 1025 }, () => "m") }, "invalid_value", "models"],
  [{ tenant, surfaces: ["openai.chats"] }, "invalid_value", "surfaces"],
  [{ tenant, surfaces: ["admin"] }, "invalid_value", "surfaces"],
  [{ tenant, criticality: "high" }, "invalid_value", "criticality"],
  [{ tenant, criticality: 1 }, "invalid_value", "criticality"],
  [{ tenant, budgetStatus: "429" }, "invalid_value", "budgetStatus"],
  [{ tenant, budgetStatus: 500 }, "invalid_value", "budgetStatus"],
  [{ tenant, tags: "prod" }, "invalid_value", "tags"],
  [{ tenant, tags: null }, "invalid_value", "tags"],
  [{ tenant, tags: [""] }, "invalid_value", "tags"],
  [{ tenant, tags: ["a;b"] }, "invalid_value", "tags"],
  [{ tenant, tags: ["prod\n"] }, "invalid_value", "tags"],
  [{ tenant, tags: ["x".repeat(33)] }, "invalid_value", "tags"],
  [{ tenant, tags: Array.from({ length: 9 }, (_, n) => `t${n}`) }, "invalid_value", "tags"],
  [{ tenant, addresses: ["example.com"] }, "invalid_value", "addresses"],
  [{ tenant, addresses: "10.0.0.1" }, "invalid_value", "addresses"],
  [{ tenant, addresses: ["10.0.0.1; DROP"] }, "invalid_value", "addresses"],
  [{ tenant, origins: ["https://Shop.example"] }, "invalid_value", "origins"],
  [{ tenant, origins: ["https://shop.example/"] }, "invalid_value", "origins"],
  [{ tenant, origins: ["*"] }, "invalid_value", "origins"],
  [{ tenant, origins: ["null"] }, "invalid_value", "origins"],
  [{ tenant, expiresInMs: 0 }, "invalid_value", "expiresInMs"],
  [{ tenant, expiresInMs: -1 }, "invalid_value", "expiresInMs"],
  [{ tenant, expiresInMs: 1e15 }, "invalid_value", "expiresInMs"],
  [{ tenant, expiresInMs: "1d" }, "invalid_value", "expiresInMs"],
  [{ tenant, aws: "yes" }, "invalid_value", "aws"],
  [{ tenant, aws: 1 }, "invalid_value", "aws"],
  [{ tenant, tennant: "x" }, "invalid_value", "tennant"],
  [JSON.parse('{"tenant": "acme", "__proto__": {"role": "admin"}}'), "invalid_value", "__proto__"],
];

for (const [body, code, path] of refusedBodies) {
  test(`POST /admin/keys refuses ${JSON.stringify(body)?.slice(0, 60)}`, () => {
    const parsed = parseKeyCreation(body);
    assert.ok(!parsed.ok);
    assert.deepEqual([parsed.code, parsed.path], [code, path]);
    assert.ok(parsed.message.length < 400);
  });
}

test("the grace of a rotation is an integer of 0 or more; no body means none", () => {
  assert.deepEqual(parseKeyRotation(undefined), { ok: true, value: { graceMs: 0 } });
  assert.deepEqual(parseKeyRotation({ graceMs: 60_000 }), { ok: true, value: { graceMs: 60_000 } });
  for (const graceMs of [-1, 1.5, "60", Infinity, 2 ** 53, true, [1]]) {
    assert.equal(parseKeyRotation({ graceMs }).ok, false);
  }
});

test("SEC-18 a change of limits says what it changes: nothing, none and never differ", () => {
  const read = (body: unknown) => parseKeyLimits(body);
  assert.deepEqual(read({}), { ok: true, value: {} });
  const all = { addresses: [], expiresInMs: null, origins: [] };
  assert.deepEqual(read(all), { ok: true, value: all });
  assert.deepEqual(read({ expiresInMs: 1 }), { ok: true, value: { expiresInMs: 1 } });
  for (const body of [undefined, [], { addresses: null }, { expiresInMs: 0 }, { models: ["*"] }]) {
    assert.equal(read(body).ok, false, JSON.stringify(body));
  }
});

test("a list has the keys that are good, 1,000 at a time, unless the query says more", () => {
  const all = { tenant: null, revoked: false, after: null, limit: 1000 };
  assert.deepEqual(parseKeyQuery(""), { ok: true, value: all });
  const value = { tenant: "acme", revoked: true, after: "key_1", limit: 7 };
  assert.deepEqual(parseKeyQuery("tenant=acme&revoked=true&after=key_1&limit=7"), {
    ok: true,
    value,
  });
  for (const query of [
    "limit=0",
    "limit=1001",
    "limit=1e2",
    "revoked=1",
    "page=2",
    "limit=1&limit=2",
  ]) {
    const parsed = parseKeyQuery(query);
    assert.equal(parsed.ok ? null : parsed.path, query.split("=", 1)[0]);
  }
});

test("no value makes the parsers throw", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.equal(typeof parseKeyCreation(value).ok, "boolean");
      assert.equal(typeof parseKeyRotation(value).ok, "boolean");
    }),
  );
});
