import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { ConfiguredKey } from "./configured-keys.ts";
import { mintKey } from "./key-format.ts";
import { unlimited } from "./key-limits.ts";
import type { KeyGrant, KeyRecord } from "./key-record.ts";
import { Keyring } from "./keyring.ts";
import { Pepper } from "./pepper.ts";

const grant: KeyGrant = {
  tenant: "acme",
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};

const makeRing = (cacheLimit?: number) => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const ring = new Keyring(pepper, clock, cacheLimit === undefined ? {} : { cacheLimit });
  let made = 0;
  const add = (changes: Partial<KeyRecord> = {}) => {
    const id = `key_${String(made++).padStart(26, "0")}`;
    const raw = mintKey({ keyId: id, role: "client", env: "dev" }, random);
    const record: KeyRecord = {
      id,
      grant,
      limits: unlimited,
      name: "",
      origin: "admin",
      secret: { ...pepper.hash(raw), pair: null },
      previous: null,
      createdMs: 0,
      rotatedMs: null,
      revokedMs: null,
      ...changes,
    };
    ring.put(record);
    return { raw, record };
  };
  return { ring, clock, pepper, random, add };
};

const assertRefused = (ring: Keyring, raw: string): void => {
  assert.throws(
    () => ring.authenticate(raw, null),
    (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, "invalid_credential");
      if (raw.length >= 8) assert.ok(!error.message.includes(raw), "the message quotes the key");
      return true;
    },
  );
};

test("MON-14 a key has its tags; one without has no such field", () => {
  const { ring, add } = makeRing();
  const tags = ["prod", "search"];
  const tagged = ring.authenticate(add({ grant: { ...grant, tags } }).raw, null);
  assert.deepEqual(tagged.tags, tags);
  assert.ok(Object.isFrozen(tagged.tags));
  for (const plain of [grant, { ...grant, tags: [] }]) {
    assert.ok(!("tags" in ring.authenticate(add({ grant: plain }).raw, null)));
  }
});

test("SEC-1 a stored key proves its principal, the same object each time", () => {
  const { ring, add } = makeRing();
  const { raw, record } = add();
  const principal = ring.authenticate(raw, null);
  assert.equal(principal.keyId, record.id);
  assert.equal(principal.tenant, "acme");
  assert.equal(ring.authenticate(raw, null), principal);
  assert.ok(Object.isFrozen(principal) && Object.isFrozen(principal.models));
});

test("SEC-1 a wrong secret with a right checksum is refused", () => {
  const { ring, add, random } = makeRing();
  const { record } = add();
  assertRefused(ring, mintKey({ keyId: record.id, role: "client", env: "dev" }, random));
});

test("SEC-1 nothing that is no key is accepted", () => {
  const { ring, add } = makeRing();
  const { raw } = add();
  for (const wrong of ["", "x", "Bearer", raw.slice(0, -1), `${raw}a`, "k".repeat(100_000)]) {
    assertRefused(ring, wrong);
  }
});

test("SEC-1 a revocation is effective at once, also for a key that was just used", () => {
  const { ring, add } = makeRing();
  const { raw, record } = add();
  ring.authenticate(raw, null);
  ring.put({ ...record, revokedMs: 5 });
  assertRefused(ring, raw);
  assert.equal(ring.find(record.id)?.revokedMs, 5);
});

test("SEC-1 the secret before a rotation is good until its time, and not a moment longer", () => {
  const { ring, clock, pepper, random, add } = makeRing();
  const { raw, record } = add();
  const principal = ring.authenticate(raw, null);
  const fresh = mintKey({ keyId: record.id, role: "client", env: "dev" }, random);
  const untilMs = clock.wallMs() + 1000;
  const secret = { ...pepper.hash(fresh), pair: null };
  ring.put({ ...record, secret, previous: { ...record.secret, untilMs } });
  assert.equal(ring.authenticate(raw, null), principal);
  assert.equal(ring.authenticate(fresh, null), principal);
  clock.advanceBy(999);
  assert.equal(ring.authenticate(raw, null), principal);
  clock.advanceBy(1);
  assertRefused(ring, raw);
  assert.equal(ring.authenticate(fresh, null), principal);
});

test("a principal changes when what the key may do changes, and not otherwise", () => {
  const { ring, add } = makeRing();
  const { raw, record } = add();
  const before = ring.authenticate(raw, null);
  ring.put({ ...record, name: "renamed" });
  assert.equal(ring.authenticate(raw, null), before);
  ring.put({ ...record, grant: { ...grant, models: ["fast"] } });
  assert.deepEqual(ring.authenticate(raw, null).models, ["fast"]);
  ring.put({ ...record, grant: { ...grant, criticality: "sheddable" } });
  assert.equal(ring.authenticate(raw, null).criticality, "sheddable");
  ring.put({ ...record, grant: { ...grant, streamGraceMs: 0 } });
  assert.equal(ring.authenticate(raw, null).streamGraceMs, 0);
});

test("the cache is bounded, and a key that fell out of it is proven again", () => {
  const { ring, add } = makeRing(2);
  const keys = [add(), add(), add()];
  for (let round = 0; round < 3; round++) {
    for (const { raw, record } of keys) assert.equal(ring.authenticate(raw, null).keyId, record.id);
  }
  for (const { raw, record } of keys) {
    ring.put({ ...record, revokedMs: 1 });
    assertRefused(ring, raw);
  }
});

test("a record whose pepper is missing is not loaded", () => {
  const { ring, add } = makeRing();
  const { record } = add();
  const secret = { ...record.secret, pepper: 7 };
  const load = () => ring.load([{ ...record, secret }], { demo: true });
  assert.throws(load, /its pepper 7 is missing/);
});

test("SEC-11 a public server does not load the demo key", () => {
  const { ring, add } = makeRing();
  const { raw, record } = add();
  const demo: KeyRecord = { ...record, origin: "first-run" };
  const { ring: other } = makeRing();
  other.load([demo], { demo: false });
  assertRefused(other, raw);
  ring.load([demo], { demo: true });
  assert.equal(ring.authenticate(raw, null).keyId, record.id);
});

const configured = (changes: Partial<ConfiguredKey> = {}): ConfiguredKey => ({
  id: "demo",
  secret: "a-secret-of-my-own",
  grant,
  limits: unlimited,
  ...changes,
});

test("a configured key may be any string of 8 characters and more", () => {
  const { ring, random } = makeRing();
  const ours = mintKey({ keyId: `key_${"z".repeat(26)}`, role: "client", env: "dev" }, random);
  for (const secret of ["12345678", "sk-proj-abc", "sk_dev_looks_like_ours", ours]) {
    ring.configure([configured({ secret })]);
    assert.equal(ring.authenticate(secret, null).keyId, "demo");
  }
});

const badKeys: readonly (readonly [name: string, keys: readonly ConfiguredKey[], why: RegExp])[] = [
  ["a short secret", [configured({ secret: "1234567" })], /7 characters, 8 to 512/],
  ["a secret with a space", [configured({ secret: "with a space" })], /printable ASCII/],
  ["a secret no header carries", [configured({ secret: "パスワードはひみつ" })], /printable ASCII/],
  [
    "a mistyped key of ours",
    [configured({ secret: `sk_dev_${"0".repeat(26)}_${"1".repeat(49)}` })],
    /checksum/,
  ],
  ["an id like those of stored keys", [configured({ id: `key_${"0".repeat(26)}` })], /such ids/],
  ["one id twice", [configured(), configured({ secret: "another-one" })], /has this id/],
  ["one secret twice", [configured(), configured({ id: "b" })], /same secret as demo/],
];

for (const [name, keys, why] of badKeys) {
  test(`configuring ${name} is refused and leaves the keys as they were`, () => {
    const { ring } = makeRing();
    ring.configure([configured({ id: "old", secret: "the-good-old-one" })]);
    const principal = ring.authenticate("the-good-old-one", null);
    const fault = { code: "invalid_value", message: why };
    assert.throws(() => ring.configure(keys), fault);
    assert.equal(ring.authenticate("the-good-old-one", null), principal);
  });
}

test("configuring again keeps principals that did not change and ends keys that are gone", () => {
  const { ring } = makeRing();
  const other = configured({ id: "other", secret: "another-secret" });
  ring.configure([configured(), other]);
  const principal = ring.authenticate("a-secret-of-my-own", null);
  ring.authenticate("another-secret", null);
  ring.configure([configured()]);
  assert.equal(ring.authenticate("a-secret-of-my-own", null), principal);
  assertRefused(ring, "another-secret");
  ring.configure([configured({ grant: { ...grant, models: ["fast"] } })]);
  assert.deepEqual(ring.authenticate("a-secret-of-my-own", null).models, ["fast"]);
});

test("SEC-9 the raw key of an authenticated call stays nowhere in the keyring", () => {
  const { ring, add } = makeRing();
  const { raw } = add();
  ring.configure([configured()]);
  ring.authenticate(raw, null);
  ring.authenticate("a-secret-of-my-own", null);
  const kept = JSON.stringify(ring.records()) + JSON.stringify(ring);
  assert.ok(!kept.includes(raw) && !kept.includes("a-secret-of-my-own"));
});

test("SEC-1 a key is good only while its tenant is configured; an admin key always is", () => {
  const { ring, add } = makeRing();
  const ours = add({ grant: { ...grant, tenant: "ours" } }).raw;
  const theirs = add({ grant: { ...grant, tenant: "gone" } }).raw;
  const admin = add({ grant: { ...grant, tenant: "operator", role: "admin" } }).raw;
  assert.equal(ring.authenticate(theirs, null).tenant, "gone");
  ring.serve(new Map([["ours", []]]));
  assert.equal(ring.authenticate(ours, null).tenant, "ours");
  assert.equal(ring.authenticate(admin, null).role, "admin");
  assertRefused(ring, theirs);
  ring.serve(
    new Map([
      ["ours", []],
      ["gone", []],
    ]),
  );
  assert.equal(ring.authenticate(theirs, null).tenant, "gone");
});

test("RTE-2 a key is named by its id: whose it is, or why its requests are refused", () => {
  const { ring, add } = makeRing();
  const { raw, record } = add();
  assert.equal(ring.named(record.id), ring.authenticate(raw, null));
  assert.throws(() => ring.named("key_nobody"), { code: "not_found" });
  ring.configure([{ id: "till", secret: "secret-of-the-till", grant, limits: unlimited }]);
  assert.equal(ring.named("till"), ring.authenticate("secret-of-the-till", null));
  ring.put({ ...record, revokedMs: 1 });
  assert.throws(() => ring.named(record.id), { code: "invalid_credential" });
  ring.serve(new Map());
  assert.throws(() => ring.named("till"), { code: "invalid_credential" });
});

test("OPS-9 keys that another process has changed are taken, the rest stays proven", () => {
  const { ring, add } = makeRing();
  const [kept, gone] = [add(), add()];
  const principal = ring.authenticate(kept.raw, null);
  ring.authenticate(gone.raw, null);
  const records = [kept.record, { ...gone.record, revokedMs: 1 }];
  ring.refresh(records, { demo: true });
  assert.throws(() => ring.authenticate(gone.raw, null), { code: "invalid_credential" });
  assert.equal(ring.authenticate(kept.raw, null), principal);
  assert.equal(ring.find(kept.record.id), kept.record);
});
