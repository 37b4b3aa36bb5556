import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { KeyStore } from "./key-store.ts";
import { Keyring } from "./keyring.ts";
import { unlimited } from "./key-limits.ts";
import { Keys, maxGraceMs, type KeyChange, type KeyOrder } from "./keys.ts";
import { Pepper } from "./pepper.ts";

const order: KeyOrder = {
  grant: {
    tenant: "acme",
    team: "shop",
    role: "client",
    models: ["*"],
    surfaces: ["*"],
    criticality: "critical",
    requestBudget: null,
    streamGraceMs: null,
  },
  limits: unlimited,
  name: "checkout",
  origin: "admin",
};

/** Says in `sql` what each write would do: these tests look at decisions, not at rows. */
const sayingStore: KeyStore = {
  insert: ({ id }) => ({ sql: `insert ${id}`, params: [] }),
  rotate: (id, { previousUntilMs }) => ({ sql: `rotate ${id}`, params: [previousUntilMs] }),
  limit: (id, changes) => ({ sql: `limit ${id}`, params: [JSON.stringify(changes)] }),
  used: (id, atMs) => ({ sql: `used ${id}`, params: [atMs] }),
  revoke: (id, atMs) => ({ sql: `revoke ${id}`, params: [atMs] }),
};

const makeKeys = () => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const keyring = new Keyring(pepper, clock);
  const ids = new IdSource(clock, random);
  const keys = new Keys({ keyring, store: sayingStore, pepper, clock, random, ids }, "dev");
  return { keys, keyring, clock };
};

const rawOf = ({ raw }: KeyChange): string => {
  assert.ok(raw !== null);
  return raw;
};

const failsWith = (code: Code, run: () => unknown): void => {
  assert.throws(run, (error) => error instanceof Failure && error.code === code);
};

test("SEC-1 a created key works once it is applied, and not before", () => {
  const { keys, keyring } = makeKeys();
  const change = keys.create(order);
  assert.match(rawOf(change), /^sk_dev_/);
  assert.deepEqual(change.writes, [{ sql: `insert ${change.keyId}`, params: [] }]);
  failsWith("invalid_credential", () => keyring.authenticate(rawOf(change), null));
  const record = change.apply();
  assert.equal(record.name, "checkout");
  assert.equal(keyring.authenticate(rawOf(change), null).team, "shop");
});

test("SEC-1 a rotation without grace ends the old secret, and the key stays the same key", () => {
  const { keys, keyring } = makeKeys();
  const created = keys.create(order);
  created.apply();
  const principal = keyring.authenticate(rawOf(created), null);
  const rotated = keys.rotate(created.keyId);
  assert.deepEqual(rotated.writes[0]?.params, [null]);
  rotated.apply();
  assert.equal(keyring.authenticate(rawOf(rotated), null), principal);
  failsWith("invalid_credential", () => keyring.authenticate(rawOf(created), null));
});

test("SEC-1 a rotation with grace keeps the old secret for that long", () => {
  const { keys, keyring, clock } = makeKeys();
  const created = keys.create(order);
  created.apply();
  keys.rotate(created.keyId, 60_000).apply();
  clock.advanceBy(59_999);
  keyring.authenticate(rawOf(created), null);
  clock.advanceBy(1);
  failsWith("invalid_credential", () => keyring.authenticate(rawOf(created), null));
});

test("two rotations that overlap leave the later one good and the other in grace", () => {
  const { keys, keyring } = makeKeys();
  const created = keys.create(order);
  created.apply();
  const [first, second] = [keys.rotate(created.keyId, 1000), keys.rotate(created.keyId, 1000)];
  first.apply();
  second.apply();
  keyring.authenticate(rawOf(first), null);
  keyring.authenticate(rawOf(second), null);
  failsWith("invalid_credential", () => keyring.authenticate(rawOf(created), null));
});

test("SEC-1 a rotation that was on its way when the key was revoked does not bring it back", () => {
  const { keys, keyring } = makeKeys();
  const created = keys.create(order);
  created.apply();
  const rotated = keys.rotate(created.keyId);
  keys.revoke(created.keyId).apply();
  failsWith("conflict", () => rotated.apply());
  for (const change of [created, rotated]) {
    failsWith("invalid_credential", () => keyring.authenticate(rawOf(change), null));
  }
});

test("a key that is unknown, revoked or configured cannot be changed", () => {
  const { keys, keyring } = makeKeys();
  keyring.configure([
    { id: "demo", secret: "a-secret-of-mine", grant: order.grant, limits: unlimited },
  ]);
  const created = keys.create(order);
  created.apply();
  keys.revoke(created.keyId).apply();
  for (const change of ["rotate", "revoke"] as const) {
    failsWith("not_found", () => keys[change]("key_nobody"));
    failsWith("conflict", () => keys[change](created.keyId));
    failsWith("conflict", () => keys[change]("demo"));
  }
});

test("a grace outside its limits is refused", () => {
  const { keys } = makeKeys();
  const created = keys.create(order);
  created.apply();
  failsWith("invalid_value", () => keys.rotate(created.keyId, -1));
  failsWith("invalid_value", () => keys.rotate(created.keyId, maxGraceMs + 1));
  assert.ok(keys.rotate(created.keyId, maxGraceMs).raw);
});

test("SEC-8 a list shows one tenant's keys, revoked ones only when asked", () => {
  const { keys } = makeKeys();
  const [mine, dead] = [keys.create(order), keys.create(order)];
  const theirs = keys.create({ ...order, grant: { ...order.grant, tenant: "other" } });
  for (const change of [mine, dead, theirs]) change.apply();
  keys.revoke(dead.keyId).apply();
  const ids = (tenant: string | null, revoked: boolean) =>
    keys.list({ tenant, revoked }).map(({ id }) => id);
  assert.deepEqual(ids("acme", false), [mine.keyId]);
  assert.deepEqual(ids("acme", true), [mine.keyId, dead.keyId]);
  assert.deepEqual(ids(null, false), [mine.keyId, theirs.keyId]);
  assert.deepEqual(ids("nobody", true), []);
});

test("an adopted key works; what is no key of ours, known or of another role is refused", () => {
  const { keys } = makeKeys();
  const other = makeKeys();
  const foreign = other.keys.create(order);
  failsWith("conflict", () => keys.adopt("not-ours", order));
  const admin: KeyOrder = { ...order, grant: { ...order.grant, role: "admin" } };
  failsWith("conflict", () => keys.adopt(rawOf(foreign), admin));
  keys.adopt(rawOf(foreign), order).apply();
  failsWith("conflict", () => keys.adopt(rawOf(foreign), order));
});
