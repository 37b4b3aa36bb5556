import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { mintKey } from "./key-format.ts";
import { unlimited, type KeyLimits } from "./key-limits.ts";
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

const makeRing = () => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const ring = new Keyring(pepper, clock);
  const id = `key_${"0".repeat(26)}`;
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
  };
  const put = (limits: Partial<KeyLimits>, changes: Partial<KeyRecord> = {}): void =>
    ring.put({ ...record, ...changes, limits: { ...unlimited, ...limits } });
  const from = (clientAddress: string | null, origin?: string) =>
    ring.authenticate(raw, { clientAddress, header: () => origin });
  return { ring, clock, pepper, raw, record, put, from };
};

const elsewhere = { code: "forbidden", message: /not in the list of its addresses/ };

test("SEC-18 a key with addresses is good from there, proven before or not", () => {
  const { put, from } = makeRing();
  put({ addresses: ["10.1.0.0/16", "2001:db8::7"] });
  for (let turn = 0; turn < 2; turn++) {
    assert.equal(from("10.1.255.1"), from("2001:db8:0::7"));
    for (const address of ["10.2.0.1", "2001:db8::8", "", "nonsense", null]) {
      assert.throws(() => from(address), elsewhere, String(address));
    }
  }
});

test("SEC-18 the process itself is no address: what it asks is not held against lists", () => {
  const { put, ring, raw } = makeRing();
  put({ addresses: ["10.1.0.0/16"] });
  assert.equal(ring.authenticate(raw, null).tenant, "acme");
});

test("SEC-18 a refusal does not tell what is in the list", () => {
  const { put, from } = makeRing();
  put({ addresses: ["10.1.0.0/16"] });
  assert.throws(
    () => from("192.0.2.1"),
    ({ message }: Error) => message.includes("192.0.2.1") && !message.includes("10.1"),
  );
});

test("SEC-18 a changed list counts from the next request on, an empty one lets all in", () => {
  const { put, from } = makeRing();
  put({ addresses: ["10.1.0.0/16"] });
  const principal = from("10.1.0.1");
  put({ addresses: ["10.2.0.0/16"] });
  assert.throws(() => from("10.1.0.1"), elsewhere);
  put({});
  assert.equal(from("192.0.2.1"), principal);
});

test("SEC-18 a tenant's list holds for its keys beside their own", () => {
  const { put, ring, from } = makeRing();
  put({ addresses: ["10.1.0.0/16"] });
  ring.serve(new Map([["acme", ["10.0.0.0/8", "192.0.2.0/24"]]]));
  assert.equal(from("10.1.0.1").tenant, "acme");
  assert.throws(() => from("192.0.2.1"), elsewhere);
  ring.serve(new Map([["acme", ["192.0.2.0/24"]]]));
  assert.throws(() => from("10.1.0.1"), elsewhere);
  ring.serve(new Map([["acme", []]]));
  assert.equal(from("10.1.0.1").tenant, "acme");
});

test("SEC-18 the list of a key of the configuration goes with it", () => {
  const { ring } = makeRing();
  const key = { id: "till", secret: "secret-of-the-till", grant };
  const ask = () =>
    ring.authenticate(key.secret, { clientAddress: "192.0.2.1", header: () => undefined });
  ring.configure([{ ...key, limits: { ...unlimited, addresses: ["10.0.0.0/8"] } }]);
  assert.throws(ask, elsewhere);
  ring.configure([{ ...key, limits: unlimited }]);
  assert.equal(ask().keyId, "till");
});

test("SEC-1 a key is good until it expires, proven before or not, by name and in lists", () => {
  const { put, from, ring, clock, record } = makeRing();
  put({ expiresMs: clock.wallMs() + 1_000 });
  clock.advanceBy(999);
  assert.equal(from("10.0.0.1").keyId, record.id);
  assert.deepEqual([ring.isHeld(record.id), ring.clients().length], [true, 1]);
  clock.advanceBy(1);
  assert.throws(() => from("10.0.0.1"), { code: "invalid_credential" });
  assert.throws(() => ring.named(record.id), { code: "invalid_credential" });
  assert.deepEqual([ring.isHeld(record.id), ring.clients().length], [false, 0]);
  put({ expiresMs: clock.wallMs() + 1_000 });
  assert.equal(from("10.0.0.1").keyId, record.id);
});

test("SEC-1 the secret before a rotation does not outlive its key", () => {
  const { put, from, clock, record, pepper } = makeRing();
  const secret = { ...pepper.hash("another"), pair: null };
  const previous = { ...record.secret, untilMs: clock.wallMs() + 5_000 };
  put({ expiresMs: clock.wallMs() + 1_000 }, { secret, previous });
  assert.equal(from("10.0.0.1").keyId, record.id);
  clock.advanceBy(1_000);
  assert.throws(() => from("10.0.0.1"), { code: "invalid_credential" });
});

test("SEC-19 an origin is known for as long as some key that is not revoked names it", () => {
  const { ring, put, record } = makeRing();
  const [a, b] = ["https://a.example", "https://b.example"];
  put({ origins: [a, b] });
  const other = { ...record, id: `key_${"1".repeat(26)}` };
  ring.put({ ...other, limits: { ...unlimited, origins: [b] } });
  const known = () => [a, b].map((origin) => ring.origins.has(origin));
  assert.deepEqual(known(), [true, true]);
  put({ origins: [b] });
  assert.deepEqual(known(), [false, true]);
  put({ origins: [b] }, { revokedMs: 1 });
  assert.deepEqual(known(), [false, true]);
  ring.put({ ...other, limits: unlimited });
  assert.deepEqual([known(), ring.origins.size], [[false, false], 0]);
});
