import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { readSignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import { RequestSigner, type RequestToSign } from "@sekisho/lib/signature/sigv4-sign.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { SignedRequest } from "../credential.ts";
import type { AccessPair } from "./access-pair.ts";
import type { KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { Keyring, type KeyringOptions } from "./keyring.ts";
import { unlimited } from "./key-limits.ts";
import { Keys, type KeyChange, type KeyOrder } from "./keys.ts";
import { Pepper } from "./pepper.ts";

const none = { sql: "", params: [] };
const store: KeyStore = {
  insert: () => none,
  rotate: () => none,
  limit: () => none,
  used: () => none,
  revoke: () => none,
};

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

const body = Buffer.from('{"messages":[]}');
const plain: RequestToSign = {
  method: "POST",
  host: "localhost:8080",
  path: "/model/claude%3A0/converse",
  query: "",
  headers: ["content-type", "application/json"],
  body,
};

interface Signing {
  readonly request?: Partial<RequestToSign>;
  readonly service?: string;
  readonly region?: string;
  readonly atMs?: number;
}

const pairOf = ({ pair }: KeyChange): AccessPair => {
  assert.ok(pair !== null);
  return pair;
};

const makeKeys = (options: KeyringOptions = {}) => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  const keyring = new Keyring(pepper, clock, options);
  const ids = new IdSource(clock, random);
  const keys = new Keys({ keyring, store, pepper, clock, random, ids }, "dev");
  const make = (): KeyChange => {
    const change = keys.create(order, true);
    change.apply();
    return change;
  };
  const sign = (pair: AccessPair, signing: Signing = {}): SignedRequest => {
    const request = { ...plain, ...signing.request };
    const signer = new RequestSigner(signing.service ?? "bedrock", signing.region ?? "eu-west-1");
    const added = signer.sign(
      request,
      { ...pair, sessionToken: null },
      signing.atMs ?? clock.wallMs(),
    );
    const all = ["host", request.host, ...request.headers, ...added];
    const headers = new Map<string, string>();
    for (let n = 0; n < all.length; n += 2) headers.set(all[n] ?? "", all[n + 1] ?? "");
    const claim = readSignatureClaim(headers.get("authorization") ?? "");
    assert.ok(claim !== null);
    const { method, path, query } = request;
    const header = (name: string) => headers.get(name);
    const headerNames = () => [...headers.keys()];
    return { claim, head: { method, path, query, header, headerNames } };
  };
  return { keys, keyring, clock, pepper, make, sign };
};

const failsWith = (code: Code, words: RegExp, run: () => unknown): void => {
  assert.throws(run, (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  });
};

test("SEC-1 a signed request proves the key that its pair belongs to", () => {
  const { keyring, make, sign } = makeKeys();
  const change = make();
  const request = sign(pairOf(change));
  const principal = keyring.prove(request, body, null);
  assert.equal(principal.keyId, change.keyId);
  assert.equal(principal, keyring.authenticate(change.raw ?? "", null));
  assert.equal(keyring.claimant(request), principal);
  for (const region of ["us-east-1", "ap-northeast-1"]) {
    assert.equal(keyring.prove(sign(pairOf(change), { region }), body, null), principal);
  }
});

test("SEC-1 another body, path or secret is refused, and the claim alone is not proof", () => {
  const { keyring, make, sign } = makeKeys();
  const pair = pairOf(make());
  const other = pairOf(make());
  const request = sign(pair);
  const words = /the secret access key is wrong, or method, path, host/;
  failsWith("invalid_signature", words, () => keyring.prove(request, Buffer.from("{}"), null));
  const moved = { ...request, head: { ...request.head, path: "/model/other/converse" } };
  failsWith("invalid_signature", words, () => keyring.prove(moved, body, null));
  const forged = sign({ ...pair, secretAccessKey: other.secretAccessKey });
  assert.equal(keyring.claimant(forged).tenant, "acme");
  failsWith("invalid_signature", words, () => keyring.prove(forged, body, null));
});

test("SEC-1 a signature is good for five minutes before and after its date", () => {
  const { keyring, clock, make, sign } = makeKeys();
  const pair = pairOf(make());
  const nowMs = clock.wallMs();
  for (const offMs of [-300_000, 300_000]) {
    keyring.prove(sign(pair, { atMs: nowMs + offMs }), body, null);
  }
  for (const offMs of [-301_000, 301_000]) {
    const request = sign(pair, { atMs: nowMs + offMs });
    const words =
      /^Signature expired.*: it is of 20\d{6}T\d{6}Z, the time here is 20260101T000000Z/;
    failsWith("signature_expired", words, () => keyring.claimant(request));
    failsWith("signature_expired", words, () => keyring.prove(request, body, null));
  }
});

test("SEC-1 a signature for another service is refused before the body is there", () => {
  const { keyring, make, sign } = makeKeys();
  const request = sign(pairOf(make()), { service: "s3" });
  failsWith("invalid_signature", /another service, "bedrock" needed/, () =>
    keyring.claimant(request),
  );
});

test("SEC-1 unknown and revoked are one sentence", () => {
  const { keys, keyring, make, sign } = makeKeys();
  const words = /^Cannot accept the key: it is unknown, has expired or was revoked$/;
  const made = make();
  const mine = sign(pairOf(made));
  const unknown = sign({ ...pairOf(made), accessKeyId: `SKIA${"B".repeat(16)}` });
  keyring.claimant(mine);
  keys.revoke(made.keyId).apply();
  for (const request of [unknown, mine]) {
    failsWith("invalid_credential", words, () => keyring.claimant(request));
    failsWith("invalid_credential", words, () => keyring.prove(request, body, null));
  }
});

test("SEC-1 a key revoked while its body was read is refused", () => {
  const { keys, keyring, make, sign } = makeKeys();
  const made = make();
  const request = sign(pairOf(made));
  keyring.claimant(request);
  keys.revoke(made.keyId).apply();
  failsWith("invalid_credential", /has expired or was revoked/, () =>
    keyring.prove(request, body, null),
  );
});

test("SEC-1 a rotation makes a new pair; the old one is good for the grace", () => {
  const { keys, keyring, clock, make, sign } = makeKeys();
  const made = make();
  const principal = keyring.prove(sign(pairOf(made)), body, null);
  const rotated = keys.rotate(made.keyId, 60_000);
  rotated.apply();
  assert.notEqual(pairOf(rotated).accessKeyId, pairOf(made).accessKeyId);
  assert.equal(keyring.prove(sign(pairOf(rotated)), body, null), principal);
  clock.advanceBy(59_999);
  assert.equal(keyring.prove(sign(pairOf(made)), body, null), principal);
  clock.advanceBy(1);
  failsWith("invalid_credential", /was revoked/, () =>
    keyring.prove(sign(pairOf(made)), body, null),
  );
  const last = keys.rotate(made.keyId);
  last.apply();
  failsWith("invalid_credential", /was revoked/, () =>
    keyring.prove(sign(pairOf(rotated)), body, null),
  );
  assert.equal(keyring.prove(sign(pairOf(last)), body, null), principal);
});

test("a key without a pair gets none by a rotation", () => {
  const { keys } = makeKeys();
  const made = keys.create(order);
  made.apply();
  assert.deepEqual([made.pair, keys.rotate(made.keyId).pair], [null, null]);
});

test("SEC-1 a pair survives a restart, of which only rows and peppers are left", () => {
  const { keyring, clock, pepper, make, sign } = makeKeys();
  const made = make();
  const next = new Keyring(pepper, clock);
  next.load(keyring.records(), { demo: true });
  assert.equal(next.prove(sign(pairOf(made)), body, null).keyId, made.keyId);
});

test("SEC-1 a pair is good only while its tenant is configured", () => {
  const { keyring, make, sign } = makeKeys();
  const pair = pairOf(make());
  keyring.serve(new Map([["other", []]]));
  failsWith("invalid_credential", /was revoked/, () => keyring.claimant(sign(pair)));
  failsWith("invalid_credential", /was revoked/, () => keyring.prove(sign(pair), body, null));
});

test("SEC-9 no record holds the secret access key", () => {
  const { keyring, make, sign } = makeKeys();
  const pair = pairOf(make());
  keyring.prove(sign(pair), body, null);
  const records: readonly KeyRecord[] = keyring.records();
  const kept = JSON.stringify(records) + JSON.stringify(keyring);
  assert.ok(kept.includes(pair.accessKeyId) && !kept.includes(pair.secretAccessKey));
});

test("a path that a proxy shortened is verified as it was signed, if the prefix is known", () => {
  const signed = { request: { path: "/ai/model/fast/converse" } };
  for (const [prefixes, isKnown] of [
    [["/ai"], true],
    [["/other"], false],
    [[], false],
  ] as const) {
    const { keyring, make, sign } = makeKeys({ pathPrefixes: prefixes });
    const request = sign(pairOf(make()), signed);
    const arrived = { ...request, head: { ...request.head, path: "/model/fast/converse" } };
    if (isKnown) assert.equal(keyring.prove(arrived, body, null).tenant, "acme");
    else failsWith("invalid_signature", /path/, () => keyring.prove(arrived, body, null));
  }
});
