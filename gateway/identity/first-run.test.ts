import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { FirstRun, type FirstRunFile, type FirstRunKeys } from "./first-run.ts";
import type { KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { Keyring } from "./keyring.ts";
import { Keys } from "./keys.ts";
import { Pepper } from "./pepper.ts";

class MemoryFile implements FirstRunFile {
  keys: FirstRunKeys | null = null;
  read(): FirstRunKeys | null {
    return this.keys;
  }
  write(keys: FirstRunKeys): void {
    this.keys = keys;
  }
  remove(): void {
    this.keys = null;
  }
}

const none = { sql: "", params: [] };
const store: KeyStore = {
  insert: () => none,
  rotate: () => none,
  limit: () => none,
  used: () => none,
  revoke: () => none,
};

/** A machine whose file and rows outlive a start, as on disk. */
const makeMachine = () => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const ids = new IdSource(clock, random);
  const file = new MemoryFile();
  let rows: KeyRecord[] = [];
  const start = (demoTenant: string | null = "demo") => {
    const keyring = new Keyring(pepper, clock);
    keyring.load(rows, { demo: demoTenant !== null });
    const keys = new Keys({ keyring, store, pepper, clock, random, ids }, "dev");
    const firstRun = new FirstRun(file, keys, keyring);
    const opening = firstRun.open(demoTenant);
    const save = (): void => void (rows = keyring.records());
    const commit = (): void => {
      opening.apply();
      save();
    };
    return { opening, keys, keyring, firstRun, commit, save, printed: opening.keys };
  };
  return { start, file };
};

const known = (raw: string | null): string => {
  assert.ok(raw !== null);
  return raw;
};

test("SEC-11 the first start makes a demo key and an admin key and keeps them in the file", () => {
  const { start, file } = makeMachine();
  const { printed, opening, keyring, commit } = start();
  assert.deepEqual(file.keys, printed);
  assert.equal(opening.writes.length, 2);
  commit();
  const demo = keyring.authenticate(known(printed.demoKey), null);
  assert.deepEqual([demo.tenant, demo.role, demo.models], ["demo", "client", ["*"]]);
  const admin = keyring.authenticate(known(printed.adminKey), null);
  assert.deepEqual([admin.role, admin.models, admin.surfaces], ["owner", [], ["admin"]]);
});

test("SEC-11 later starts print the same keys and write nothing", () => {
  const { start } = makeMachine();
  const first = start();
  first.commit();
  const second = start();
  assert.deepEqual(second.printed, first.printed);
  assert.deepEqual(second.opening.writes, []);
});

test("SEC-11 a crash between file and commit locks nobody out: the file's keys are adopted", () => {
  const { start } = makeMachine();
  const crashed = start();
  const second = start();
  assert.deepEqual(second.printed, crashed.printed);
  assert.equal(second.opening.writes.length, 2);
  second.commit();
  second.keyring.authenticate(known(crashed.printed.adminKey), null);
  second.keyring.authenticate(known(crashed.printed.demoKey), null);
});

test("SEC-11 when the file is gone the keys stay good, are not printed and not made again", () => {
  const { start, file } = makeMachine();
  const first = start();
  first.commit();
  file.remove();
  const second = start();
  assert.deepEqual(second.printed, { demoKey: null, adminKey: null });
  assert.deepEqual(second.opening.writes, []);
  assert.equal(file.keys, null);
  second.keyring.authenticate(known(first.printed.adminKey), null);
});

test("SEC-11 rotating both keys empties the file, then removes it", () => {
  const { start, file } = makeMachine();
  const { printed, keys, keyring, firstRun, commit } = start();
  commit();
  const demoId = keyring.authenticate(known(printed.demoKey), null).keyId;
  const adminId = keyring.authenticate(known(printed.adminKey), null).keyId;
  keys.rotate(demoId).apply();
  firstRun.forget(demoId);
  assert.deepEqual(file.keys, { demoKey: null, adminKey: printed.adminKey });
  keys.rotate(adminId).apply();
  firstRun.forget(adminId);
  firstRun.forget(adminId);
  assert.equal(file.keys, null);
});

test("a crash between a rotation and the file's change: the next start drops the dead key", () => {
  const { start, file } = makeMachine();
  const { printed, keys, keyring, commit, save } = start();
  commit();
  keys.rotate(keyring.authenticate(known(printed.demoKey), null).keyId).apply();
  save();
  const second = start();
  assert.deepEqual(second.printed, { demoKey: null, adminKey: printed.adminKey });
  assert.deepEqual(file.keys, second.printed);
});

test("a public server makes, prints and knows no demo key, and leaves a stored one alone", () => {
  const { start, file } = makeMachine();
  const local = start();
  local.commit();
  const open = start(null);
  assert.deepEqual(open.printed, { demoKey: null, adminKey: local.printed.adminKey });
  assert.throws(() => open.keyring.authenticate(known(local.printed.demoKey), null));
  assert.deepEqual(file.keys, local.printed);
  assert.deepEqual(start().printed, local.printed);
});

test("a first start in public makes an admin key alone", () => {
  const { start, file } = makeMachine();
  const { printed, opening } = start(null);
  assert.equal(printed.demoKey, null);
  assert.match(known(printed.adminKey), /^ska_dev_/);
  assert.equal(opening.writes.length, 1);
  assert.deepEqual(file.keys, printed);
});

test("who lost every admin key gets one from an empty file, or when all were revoked", () => {
  const { start, file } = makeMachine();
  const first = start();
  first.commit();
  file.keys = { demoKey: null, adminKey: null };
  const asked = start();
  assert.notEqual(known(asked.printed.adminKey), first.printed.adminKey);
  asked.commit();
  file.remove();
  const revoking = start();
  for (const { id, grant } of revoking.keyring.records()) {
    if (grant.role === "owner") revoking.keys.revoke(id).apply();
  }
  revoking.save();
  assert.match(known(start().printed.adminKey), /^ska_dev_/);
});

test("a file with the two keys in each other's place shows neither and starts", () => {
  const { start, file } = makeMachine();
  const first = start();
  first.commit();
  file.keys = { demoKey: first.printed.adminKey, adminKey: first.printed.demoKey };
  assert.deepEqual(start().printed, { demoKey: null, adminKey: null });
});

test("a file with something else in it is put right instead of failing the start", () => {
  const { start, file } = makeMachine();
  file.keys = { demoKey: "nonsense", adminKey: "sk_dev_no" };
  const { printed, commit, keyring } = start();
  commit();
  assert.equal(printed.demoKey, null);
  assert.equal(keyring.authenticate(known(printed.adminKey), null).role, "owner");
  assert.deepEqual(file.keys, printed);
});
