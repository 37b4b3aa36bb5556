import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import { readerOf } from "../principal.ts";
import { boundAttribution } from "./bound-attribution.ts";
import type { TokenOrder } from "./browser-tokens.ts";
import { mintKey } from "./key-format.ts";
import { unlimited } from "./key-limits.ts";
import type { KeyGrant, KeyRecord } from "./key-record.ts";
import { Keyring } from "./keyring.ts";
import { Pepper } from "./pepper.ts";

const grant: KeyGrant = {
  tenant: "acme",
  team: "shop",
  role: "client",
  models: ["fast*", "quality"],
  surfaces: ["openai.chat", "openai.models"],
  criticality: "sheddable",
  requestBudget: "chat",
  streamGraceMs: null,
};

const order: TokenOrder = {
  user: "u1",
  session: "s1",
  models: null,
  surfaces: null,
  lifeMs: 60_000,
};

const makeRing = () => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const secrets = new Map([1, 2].map((version) => [version, random.bytes(32)]));
  const ring = new Keyring(new Pepper(1, secrets), clock);
  const id = `key_${"0".repeat(26)}`;
  const raw = mintKey({ keyId: id, role: "client", env: "dev" }, random);
  const secret = { ...new Pepper(1, secrets).hash(raw), pair: null };
  const times = { createdMs: 0, rotatedMs: null, revokedMs: null };
  const names = { id, name: "", origin: "admin" } as const;
  const record: KeyRecord = {
    ...names,
    ...times,
    grant,
    limits: unlimited,
    secret,
    previous: null,
  };
  const put = (changes: Partial<KeyRecord> = {}): void => ring.put({ ...record, ...changes });
  put();
  const issueBy = (shown: string, changes: Partial<TokenOrder> = {}) => {
    const principal = ring.authenticate(shown, null);
    return ring.tokens.issue({ principal, raw: shown }, { ...order, ...changes });
  };
  const issue = (changes: Partial<TokenOrder> = {}) => issueBy(raw, changes);
  const ask = (token: string) => ring.authenticate(token, null);
  return { ring, clock, record, secrets, put, issue, issueBy, ask };
};

const refused = { code: "invalid_credential" };

test("SEC-19 a token is its key's, bound to a user and a session, and no more than asked", () => {
  const { issue, ask, record } = makeRing();
  const { raw, models } = issue({ models: ["fast-1", "fast*"], surfaces: ["openai.chat"] });
  assert.deepEqual(models, ["fast-1", "fast*"]);
  const principal = ask(raw);
  assert.deepEqual(principal, {
    keyId: record.id,
    tenant: "acme",
    team: "shop",
    role: "client",
    models: ["fast-1", "fast*"],
    surfaces: ["openai.chat"],
    criticality: "sheddable",
    requestBudget: "chat",
    streamGraceMs: null,
    budgetStatus: 402,
    bound: { user: "u1", session: "s1" },
  });
  assert.equal(ask(raw), principal);
  assert.deepEqual(ask(issue().raw).models, grant.models);
});

test("SEC-19 a token that asks for more than its key may is not made", () => {
  const { issue } = makeRing();
  for (const models of [["*"], ["f*"], ["fast", "slow"], ["*quality"], ["quality*"]]) {
    assert.throws(() => issue({ models }), { code: "forbidden", message: /the key may use/ });
  }
  for (const surfaces of [["*"], ["openai.embeddings"]]) {
    assert.throws(() => issue({ surfaces }), { code: "forbidden" });
  }
  const many = Array.from({ length: 100 }, (_, n) => `fast-${"x".repeat(100)}${n}`);
  assert.throws(() => issue({ models: many }), { code: "invalid_value", message: /limit 4096/ });
});

test("SEC-19 whatever a token's pattern matches, some pattern of its key matches", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
  const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, pattern, name, (wider, narrower, text) => {
      fc.pre(matchesWildcard(wider, narrower) && matchesWildcard(narrower, text));
      assert.ok(matchesWildcard(wider, text), `${narrower} in ${wider}, ${text}`);
    }),
  );
});

test("SEC-19 a token makes no token, and neither does an admin key", () => {
  const { ring, issue, ask, put } = makeRing();
  const { raw } = issue();
  const asker = { principal: ask(raw), raw };
  assert.throws(() => ring.tokens.issue(asker, order), { code: "forbidden" });
  put({ grant: { ...grant, tenant: "operator", role: "owner" } });
  assert.throws(() => issue(), { code: "forbidden" });
});

test("SEC-19 a token ends with its time, and with its key's", () => {
  const { clock, issue, ask, put } = makeRing();
  const { raw, expiresMs } = issue();
  assert.equal(expiresMs, clock.wallMs() + 60_000);
  clock.advanceBy(59_999);
  ask(raw);
  clock.advanceBy(1);
  assert.throws(() => ask(raw), refused);
  put({ limits: { ...unlimited, expiresMs: clock.wallMs() + 5_000 } });
  const second = issue();
  assert.equal(second.expiresMs, clock.wallMs() + 5_000);
  ask(second.raw);
  put({ limits: { ...unlimited, expiresMs: clock.wallMs() + 1_000 } });
  clock.advanceBy(1_000);
  assert.throws(() => ask(second.raw), refused);
});

test("SEC-19 a revoked key takes its tokens along, proven before or not", () => {
  const { issue, ask, put } = makeRing();
  const [seen, unseen] = [issue().raw, issue({ user: "u2" }).raw];
  ask(seen);
  put({ revokedMs: 1 });
  for (const raw of [seen, unseen]) assert.throws(() => ask(raw), refused);
});

test("SEC-19 a rotation ends tokens of the old secret when it ends that", () => {
  const { clock, issue, ask, put, record, secrets } = makeRing();
  const { raw } = issue();
  ask(raw);
  const secret = { ...new Pepper(1, secrets).hash("another"), pair: null };
  const previous = { ...record.secret, untilMs: clock.wallMs() + 1_000 };
  put({ secret, previous });
  ask(raw);
  clock.advanceBy(1_000);
  assert.throws(() => ask(raw), refused);
  put({ secret });
  assert.throws(() => ask(raw), refused);
});

test("SEC-19 a token that the secret before a rotation asks for ends with that one", () => {
  const { clock, ring, issue, issueBy, ask, put, record, secrets } = makeRing();
  const next = mintKey({ keyId: record.id, role: "client", env: "dev" }, new SeededRandom(2));
  const secret = { ...new Pepper(1, secrets).hash(next), pair: null };
  const previous = { ...record.secret, untilMs: clock.wallMs() + 1_000 };
  put({ secret, previous });
  const [old, young] = [issue(), issueBy(next)];
  assert.equal(old.expiresMs, previous.untilMs);
  assert.equal(young.expiresMs, clock.wallMs() + order.lifeMs);
  for (const { raw } of [old, young]) ask(raw);
  // Ended before its time, and the one after it is the one before now.
  put({ secret: { ...new Pepper(1, secrets).hash("third"), pair: null }, previous: null });
  for (const { raw } of [old, young]) assert.throws(() => ask(raw), refused);
  put({ secret, previous: null });
  assert.throws(() => ring.authenticate(old.raw, null), refused);
  assert.equal(ask(young.raw).keyId, record.id);
});

test("SEC-19 a key that may do less gives its tokens less", () => {
  const { issue, ask, put } = makeRing();
  const { raw } = issue();
  put({ grant: { ...grant, models: ["quality"], surfaces: ["openai.chat"] } });
  assert.deepEqual([ask(raw).models, ask(raw).surfaces], [["quality"], ["openai.chat"]]);
  put({ grant: { ...grant, models: ["slow"] } });
  assert.throws(() => ask(raw), refused);
});

test("SEC-19 the tokens of a tenant that is gone are refused", () => {
  const { ring, issue, ask } = makeRing();
  const { raw } = issue();
  ring.serve(new Map([["demo", []]]));
  assert.throws(() => ask(raw), refused);
});

test("SEC-18 a token is good where its key is", () => {
  const { ring, issue, put } = makeRing();
  const { raw } = issue();
  put({ limits: { ...unlimited, addresses: ["10.0.0.0/8"], origins: ["https://a.example"] } });
  const from = (clientAddress: string, origin?: string) =>
    ring.authenticate(raw, { clientAddress, header: () => origin });
  assert.equal(from("10.0.0.1", "https://a.example").tenant, "acme");
  assert.equal(from("10.0.0.1").tenant, "acme");
  assert.throws(() => from("192.0.2.1", "https://a.example"), { code: "forbidden" });
  for (const origin of ["https://b.example", "null", "https://a.example.evil"]) {
    assert.throws(() => from("10.0.0.1", origin), { code: "forbidden", message: /this page/ });
  }
});

test("SEC-19 a token that somebody has changed, cut or made is refused", () => {
  const { issue, ask } = makeRing();
  const { raw } = issue();
  const [text = "", sealed = ""] = raw.slice(4).split(".");
  const payload = JSON.parse(Buffer.from(text, "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...payload, models: ["*"] })).toString("base64url");
  const wrong = [
    `skt_${forged}.${sealed}`,
    `skt_${forged}.`,
    `skt_${forged}`,
    `skt_${text}.${sealed.slice(0, -2)}`,
    `skt_${text}.${sealed}.${sealed}`,
    `skt_.${sealed}`,
    "skt_",
    "skt_.",
    `skt_${"a".repeat(5_000)}`,
  ];
  for (const each of wrong) assert.throws(() => ask(each), refused, each.slice(0, 60));
  fc.assert(
    fc.property(
      fc.nat(raw.length - 1),
      fc.constantFrom("A", "z", "0", "-", "_", "."),
      (at, char) => {
        const changed = raw.slice(0, at) + char + raw.slice(at + 1);
        // The last character of base64 has bits that no byte has.
        fc.pre(changed !== raw && at !== raw.length - 1);
        assert.throws(() => ask(changed), refused);
      },
    ),
  );
});

test("SEC-19 a token outlives a change of the pepper in force, as keys do", () => {
  const { issue, secrets, record } = makeRing();
  const { raw } = issue();
  const later = new Keyring(new Pepper(2, secrets), new VirtualClock());
  later.put(record);
  assert.equal(later.authenticate(raw, null).tenant, "acme");
});

test("SEC-19 with a token calls are for whom it is bound to, whatever they say", () => {
  const bound = { user: "u1", session: "s1" };
  const said = { user: null, session: null, agent: "a" };
  assert.deepEqual(boundAttribution({ bound }, said), { ...bound, agent: "a" });
  assert.deepEqual(boundAttribution({ bound }, { ...said, ...bound }), { ...bound, agent: "a" });
  for (const other of [{ user: "u2" }, { session: "s2" }, { rule: "nightly" }]) {
    const lie = () => boundAttribution({ bound }, { ...said, ...other });
    assert.throws(lie, { code: "forbidden" });
  }
  const free = { bound: { user: "u1", session: null } };
  assert.equal(boundAttribution(free, { ...said, session: "s9" }).session, "s9");
  assert.equal(boundAttribution({}, said), said);
});

test("SEC-19 tokens of two users of one key do not read each other's answers", () => {
  const { issue, ask } = makeRing();
  const readers = ["u1", "u2"].map((user) => readerOf(ask(issue({ user }).raw)));
  assert.equal(new Set([...readers, "key"]).size, 3);
});
