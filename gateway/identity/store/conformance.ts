import assert from "node:assert/strict";
import { test } from "node:test";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { KeySecret, StoredPair } from "../access-pair.ts";
import type { KeyRecord } from "../key-record.ts";
import type { KeyStore } from "../key-store.ts";

/** A key store with nothing in it, and the way from its writes back to records. */
export interface KeyStoreUnderTest {
  readonly store: KeyStore;
  readonly commit: (writes: readonly Write[]) => void;
  readonly load: () => KeyRecord[];
  readonly close: () => void;
}

const hmac = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const pairOf = (n: number): StoredPair => ({
  accessKeyId: `SKIA${String(n).padStart(16, "A")}`,
  salt: hmac(100 + n),
});
const secretOf = (n: number, changes: Partial<KeySecret> = {}): KeySecret => ({
  hmac: hmac(n),
  pepper: 1,
  pair: null,
  ...changes,
});
const idOf = (n: number): string => `key_${String(n).padStart(26, "0")}`;

const sample: KeyRecord = {
  id: idOf(1),
  grant: {
    tenant: "acme",
    team: "shop",
    role: "client",
    models: ["fast*"],
    surfaces: ["*"],
    criticality: "critical+",
    requestBudget: "chat",
    streamGraceMs: 0,
    budgetStatus: 429,
    tags: ["prod", "team:search"],
  },
  limits: {
    addresses: ["10.1.0.0/16", "2001:db8::7"],
    expiresMs: 1_800_000_000_000,
    origins: ["https://shop.example"],
  },
  name: "漫画 'quoted' \u{1f5dd}",
  origin: "admin",
  secret: secretOf(1),
  previous: null,
  createdMs: 1_767_225_600_000,
  rotatedMs: null,
  revokedMs: null,
};

type Scenario = (title: string, run: (subject: KeyStoreUnderTest) => void) => void;

/** What every key store promises. */
export function keyStoreConformance(name: string, open: () => KeyStoreUnderTest): void {
  const scenario: Scenario = (title, run) => {
    void test(`${name}: ${title}`, () => {
      const subject = open();
      try {
        run(subject);
      } finally {
        subject.close();
      }
    });
  };
  checkSecrets(scenario);
  checkLimits(scenario);
  checkPairs(scenario);
  checkRevocation(scenario);
}

const checkSecrets = (scenario: Scenario): void => {
  scenario("an empty store has no keys", ({ load }) => {
    assert.deepEqual(load(), []);
  });

  scenario("a key comes back as it was put in, with and without optional parts", (subject) => {
    const bare: KeyRecord = {
      ...sample,
      id: idOf(2),
      grant: {
        tenant: "b",
        team: null,
        role: "viewer",
        models: [],
        surfaces: [],
        criticality: "sheddable",
        requestBudget: null,
        streamGraceMs: null,
        budgetStatus: 402,
        tags: [],
      },
      limits: { addresses: [], expiresMs: null, origins: [] },
      origin: "first-run",
      previous: { ...secretOf(9, { pepper: 2 }), untilMs: 5 },
      rotatedMs: 3,
      revokedMs: 4,
    };
    subject.commit([subject.store.insert(bare), subject.store.insert(sample)]);
    assert.deepEqual(subject.load(), [sample, bare]);
  });

  scenario("a rotation moves the secret of now to the previous one", ({ store, commit, load }) => {
    const secret = secretOf(2, { pepper: 2 });
    commit([store.insert(sample)]);
    commit([store.rotate(sample.id, { secret, atMs: 10, previousUntilMs: 20 })]);
    const previous = { ...sample.secret, untilMs: 20 };
    assert.deepEqual(load(), [{ ...sample, secret, previous, rotatedMs: 10 }]);
  });

  scenario("two rotations in one commit keep the newer two secrets", ({ store, commit, load }) => {
    const [second, third] = [secretOf(2), secretOf(3)];
    commit([
      store.insert(sample),
      store.rotate(sample.id, { secret: second, atMs: 10, previousUntilMs: 20 }),
      store.rotate(sample.id, { secret: third, atMs: 11, previousUntilMs: 21 }),
    ]);
    const previous = { ...second, untilMs: 21 };
    assert.deepEqual(load(), [{ ...sample, secret: third, previous, rotatedMs: 11 }]);
  });

  scenario("a rotation without grace leaves no previous secret", ({ store, commit, load }) => {
    const secret = secretOf(2);
    commit([store.insert({ ...sample, previous: { ...secret, untilMs: 9 } })]);
    commit([store.rotate(sample.id, { secret, atMs: 10, previousUntilMs: null })]);
    assert.deepEqual(load(), [{ ...sample, secret, rotatedMs: 10 }]);
  });
};

const checkLimits = (scenario: Scenario): void => {
  scenario("SEC-18 a change of limits leaves what it does not name", ({ store, commit, load }) => {
    commit([store.insert(sample), store.limit(sample.id, { expiresMs: null })]);
    const { addresses, origins } = sample.limits;
    assert.deepEqual(load(), [{ ...sample, limits: { addresses, origins, expiresMs: null } }]);
    commit([store.limit(sample.id, { addresses: [] }), store.limit(sample.id, { expiresMs: 7 })]);
    commit([store.limit(sample.id, { origins: ["https://a.example"] })]);
    const limits = { addresses: [], expiresMs: 7, origins: ["https://a.example"] };
    const limited = { ...sample, limits };
    assert.deepEqual(load(), [limited]);
    commit([store.limit(sample.id, {})]);
    assert.deepEqual(load(), [limited]);
  });
};

const checkPairs = (scenario: Scenario): void => {
  scenario("SEC-1 a pair comes back with its key, and goes with its secret", (subject) => {
    const { store, commit, load } = subject;
    const paired: KeyRecord = { ...sample, secret: secretOf(1, { pair: pairOf(1) }) };
    commit([store.insert(paired)]);
    assert.deepEqual(load(), [paired]);
    const secret = secretOf(2, { pair: pairOf(2), pepper: 2 });
    commit([store.rotate(sample.id, { secret, atMs: 10, previousUntilMs: 20 })]);
    const previous = { ...paired.secret, untilMs: 20 };
    assert.deepEqual(load(), [{ ...sample, secret, previous, rotatedMs: 10 }]);
    const third = secretOf(3, { pair: pairOf(3) });
    commit([store.rotate(sample.id, { secret: third, atMs: 11, previousUntilMs: null })]);
    assert.deepEqual(load(), [{ ...sample, secret: third, rotatedMs: 11 }]);
  });

  scenario("SEC-1 a revoked key keeps no pair of the secret before", ({ store, commit, load }) => {
    const secret = secretOf(1, { pair: pairOf(1) });
    const previous = { ...secretOf(2, { pair: pairOf(2) }), untilMs: 9 };
    commit([store.insert({ ...sample, secret, previous }), store.revoke(sample.id, 10)]);
    assert.deepEqual(load(), [{ ...sample, secret, revokedMs: 10 }]);
  });

  scenario("SEC-1 an access key id belongs to one key", ({ store, commit }) => {
    const secret = secretOf(1, { pair: pairOf(1) });
    commit([store.insert({ ...sample, secret })]);
    assert.throws(() => commit([store.insert({ ...sample, id: idOf(2), secret })]), /UNIQUE/);
  });
};

const checkRevocation = (scenario: Scenario): void => {
  scenario("revoked is for good: no later change has an effect", ({ store, commit, load }) => {
    const secret = secretOf(2);
    commit([store.insert({ ...sample, previous: { ...secret, untilMs: 9 } })]);
    commit([store.revoke(sample.id, 10), store.revoke(sample.id, 11)]);
    commit([store.rotate(sample.id, { secret, atMs: 12, previousUntilMs: 99 })]);
    commit([store.limit(sample.id, { addresses: [], expiresMs: null })]);
    assert.deepEqual(load(), [{ ...sample, revokedMs: 10 }]);
  });

  scenario("changes of a key that is not there do nothing", ({ store, commit, load }) => {
    commit([store.revoke(idOf(7), 1)]);
    assert.deepEqual(load(), []);
  });
};
