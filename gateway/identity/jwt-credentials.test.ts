import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { before, describe, test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { JWTPayload } from "jose";
import { failurePauseMs, keepMs, refreshMs, unknownKeyPauseMs } from "./issuer-keys.ts";
import { claimOf, type StaffMapping } from "./jwt-claims.ts";
import {
  clientMapping,
  issuerKey,
  IssuerInMemory,
  issuerUrl,
  type IssuerKey,
} from "./jwt-fixture.ts";
import { unlimited } from "./key-limits.ts";
import type { IssuerRules } from "./jwt-issuer.ts";
import { Keyring } from "./keyring.ts";
import { Pepper } from "./pepper.ts";

let first: IssuerKey;
let second: IssuerKey;
before(async () => {
  [first, second] = await Promise.all([issuerKey("k1"), issuerKey("k2")]);
});

/** Claims beside the usual ones, or in their place; undefined takes one away. */
type Own = Readonly<Record<string, unknown>>;

const makeRing = (changes: Partial<IssuerRules> = {}) => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const issuer = new IssuerInMemory([first]);
  const ring = new Keyring(new Pepper(1, new Map([[1, random.bytes(32)]])), clock);
  ring.serve(
    new Map([
      ["acme", []],
      ["demo", ["10.0.0.0/8"]],
    ]),
  );
  ring.trust([issuer.serve(clock, changes)]);
  const now = (): number => Math.floor(clock.wallMs() / 1_000);
  const claims = (own: Own = {}): JWTPayload => ({
    iss: issuerUrl,
    aud: "sekisho",
    sub: "ann",
    tenant: "acme",
    exp: now() + 3_600,
    ...own,
  });
  const ask = async (token: string, clientAddress = "10.0.0.1") => {
    await ring.introduce(token);
    return ring.authenticate(token, { clientAddress, header: () => undefined });
  };
  const signed = (own: Own = {}, header = {}) => first.sign(claims(own), header);
  return { ring, clock, issuer, claims, signed, ask, now };
};

const wrong = (code: string, words: RegExp) => ({ code, message: words });

test("SEC-2 a token stands for a tenant and a user by its claims, proven once", async () => {
  const { ring, issuer, signed, ask } = makeRing();
  const token = await signed();
  const principal = await ask(token);
  const { keyId, tenant, role, models, bound } = principal;
  assert.deepEqual(
    [keyId, tenant, role, models, bound],
    ["oidc:corp:acme", "acme", "client", ["fast"], { user: "ann", session: null }],
  );
  assert.equal(ring.introduce(token), null);
  assert.equal(await ask(token), principal);
  assert.equal(issuer.reads, 1);
});

test("SEC-2 a token that nobody has introduced opens nothing", async () => {
  const { ring, signed } = makeRing();
  const token = await signed();
  assert.throws(() => ring.authenticate(token, null), { code: "invalid_credential" });
});

describe("SEC-2 a token is refused", () => {
  const base64 = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");

  test("unsigned, or with a signature that is none", async () => {
    const { claims, ask } = makeRing();
    for (const alg of ["none", "None", "NONE"]) {
      const head = base64({ alg, typ: "JWT" });
      await assert.rejects(ask(`${head}.${base64(claims())}.`), { code: "invalid_credential" });
    }
  });

  test("signed by HMAC with the public key as its secret", async () => {
    const { claims, ask } = makeRing();
    const head = base64({ alg: "HS256", kid: "k1", typ: "JWT" });
    const text = `${head}.${base64(claims())}`;
    for (const secret of [JSON.stringify(first.jwk), String(first.jwk.n)]) {
      const seal = createHmac("sha256", secret).update(text).digest("base64url");
      const refusal = wrong("invalid_credential", /algorithm/);
      await assert.rejects(ask(`${text}.${seal}`), refusal);
    }
  });

  test("by an algorithm that its issuer is not allowed", async () => {
    const strict = makeRing({ algorithms: ["ES256"] });
    const refusal = wrong("invalid_credential", /algorithm/);
    await assert.rejects(strict.ask(await strict.signed()), refusal);
  });

  test("when it has expired, or is not good yet, beyond the skew", async () => {
    const { signed, ask, now, clock } = makeRing();
    await ask(await signed({ exp: now() - 29 }));
    const expired = wrong("invalid_credential", /expired/);
    await assert.rejects(ask(await signed({ exp: now() - 31 })), expired);
    await ask(await signed({ nbf: now() + 29 }));
    await assert.rejects(ask(await signed({ nbf: now() + 31 })), { code: "invalid_credential" });
    const soon = await signed({ exp: now() + 60 });
    await ask(soon);
    clock.advanceBy(90_000);
    await assert.rejects(ask(soon), expired);
  });

  test("for another audience or issuer, without an end, and of another type", async () => {
    const { signed, ask } = makeRing();
    const rows: readonly (readonly [own: Own, header: object, words: RegExp])[] = [
      [{ aud: "other" }, {}, /aud/],
      [{ aud: ["other", "another"] }, {}, /aud/],
      [{ iss: "https://evil.example" }, {}, /issuer is not known/],
      [{ iss: `${issuerUrl}/` }, {}, /issuer is not known/],
      [{ exp: undefined }, {}, /exp/],
      [{}, { typ: "logout+jwt" }, /type/],
      [{}, { typ: "dpop+jwt" }, /type/],
    ];
    for (const [own, header, words] of rows) {
      await assert.rejects(ask(await signed(own, header)), wrong("invalid_credential", words));
    }
    await ask(await signed({ aud: ["other", "sekisho"] }, { typ: "JWT" }));
  });

  test("that brings its own key, and nothing is fetched for it", async () => {
    const { claims, ask, issuer } = makeRing();
    const stranger = await issuerKey("k1");
    const urls = { jku: "https://evil.example/jwks", x5u: "https://evil.example/x5u" };
    const token = await stranger.sign(claims(), { ...urls, jwk: stranger.jwk });
    await assert.rejects(ask(token), wrong("invalid_credential", /signature/));
    assert.equal(issuer.reads, 1);
  });

  test("when a letter of it was changed", async () => {
    const { signed, claims, ask } = makeRing();
    const [head = "", , seal = ""] = (await signed()).split(".");
    const forged = base64(claims({ tenant: "demo" }));
    await assert.rejects(
      ask(`${head}.${forged}.${seal}`),
      wrong("invalid_credential", /signature/),
    );
  });
});

describe("SEC-2 the keys of an issuer", () => {
  test("are read again for a name that is not known, and not more often", async () => {
    const { claims, ask, issuer, clock } = makeRing();
    await ask(await first.sign(claims()));
    issuer.keys = [first.jwk, second.jwk];
    await ask(await second.sign(claims()));
    assert.equal(issuer.reads, 2);
    const stranger = await issuerKey("k3");
    for (let n = 0; n < 20; n++) {
      const token = await stranger.sign(claims({ sub: `u${n}` }), { kid: `made-up-${n}` });
      await assert.rejects(ask(token), wrong("invalid_credential", /none of its issuer's keys/));
    }
    assert.equal(issuer.reads, 2);
    clock.advanceBy(unknownKeyPauseMs);
    const asked = Array.from({ length: 20 }, async (_, n) => {
      const token = await stranger.sign(claims({ sub: `v${n}` }), { kid: `more-${n}` });
      await assert.rejects(ask(token));
    });
    await Promise.all(asked);
    assert.equal(issuer.reads, 3);
  });

  test("that were withdrawn prove nothing once they were read again", async () => {
    const { claims, ask, issuer, clock } = makeRing();
    const token = await first.sign(claims());
    await ask(token);
    issuer.keys = [second.jwk];
    clock.advanceBy(refreshMs);
    // Whoever asks now does not wait: the old keys are good this once.
    await ask(token);
    clock.advanceBy(refreshMs);
    await assert.rejects(ask(token), { code: "invalid_credential" });
  });

  test("that cannot be read are 503, and tried again after a pause", async () => {
    const { signed, ask, issuer, clock } = makeRing();
    issuer.fault = "its host is away";
    const token = await signed();
    const away = wrong("issuer_unavailable", /its host is away/);
    await assert.rejects(ask(token), away);
    clock.advanceBy(1_000);
    await assert.rejects(ask(token), away);
    assert.deepEqual([issuer.reads, issuer.failures], [1, ["its host is away"]]);
    issuer.fault = null;
    clock.advanceBy(failurePauseMs);
    assert.equal((await ask(token)).tenant, "acme");
  });

  test("go on for a day while their issuer is away", async () => {
    const { claims, ask, issuer, clock, now } = makeRing();
    const fresh = () => first.sign(claims({ exp: now() + 3_600 }));
    await ask(await fresh());
    issuer.fault = "its host is away";
    clock.advanceBy(keepMs - 1);
    await ask(await fresh());
    clock.advanceBy(failurePauseMs);
    await assert.rejects(ask(await fresh()), { code: "issuer_unavailable" });
  });

  test("are waited for by those who need them first, together", async () => {
    const { claims, ask, issuer } = makeRing();
    const { promise, resolve } = Promise.withResolvers<void>();
    issuer.held = promise;
    const asked = Array.from({ length: 10 }, async (_, n) =>
      ask(await first.sign(claims({ sub: `u${n}` }))),
    );
    resolve();
    assert.equal((await Promise.all(asked)).length, 10);
    assert.equal(issuer.reads, 1);
  });

  test("that are secrets or for other uses are passed over", async () => {
    const { signed, ask, issuer } = makeRing();
    issuer.keys = [
      { kty: "oct", k: "c2VjcmV0", kid: "k1" },
      { ...first.jwk, use: "enc" },
    ];
    const none = wrong("issuer_unavailable", /no public key to verify with/);
    await assert.rejects(ask(await signed()), none);
  });
});

describe("SEC-2 claims", () => {
  test("SEC-8 name a tenant that is served, or the token is refused", async () => {
    const { signed, ask } = makeRing();
    for (const tenant of ["nobody", "constructor"]) {
      await assert.rejects(ask(await signed({ tenant })), { code: "invalid_credential" });
    }
    for (const tenant of ["operator", undefined, "", 7, ["acme"], "a b"]) {
      await assert.rejects(ask(await signed({ tenant })), { code: "forbidden" });
    }
  });

  test("SEC-18 the addresses of a tenant hold for its tokens", async () => {
    const { signed, ask } = makeRing();
    const token = await signed({ tenant: "demo" });
    assert.equal((await ask(token)).tenant, "demo");
    await assert.rejects(ask(token, "192.0.2.1"), wrong("forbidden", /list of its addresses/));
  });

  test("SEC-18 an issuer's own addresses and origins hold for all of its tokens", async () => {
    const limits = { ...unlimited, addresses: ["10.0.0.0/8"], origins: ["https://a.example"] };
    const { ring, signed, ask } = makeRing({ limits });
    const token = await signed();
    await ask(token);
    await assert.rejects(ask(token, "192.0.2.1"), wrong("forbidden", /list of its addresses/));
    const from = (origin: string) =>
      ring.authenticate(token, { clientAddress: "10.0.0.1", header: () => origin });
    assert.equal(from("https://a.example").tenant, "acme");
    assert.throws(() => from("https://b.example"), wrong("forbidden", /this page/));
    assert.ok(ring.origins.has("https://a.example"));
    ring.trust([]);
    assert.ok(!ring.origins.has("https://a.example"));
  });

  test("MON-14 has the tags of its issuer, and no such field where there are none", async () => {
    const tags = ["prod", "search"];
    const tagged = makeRing({ mapping: { ...clientMapping, tags } });
    assert.deepEqual((await tagged.ask(await tagged.signed())).tags, tags);
    const plain = makeRing({ mapping: { ...clientMapping, tags: [] } });
    assert.ok(!("tags" in (await plain.ask(await plain.signed()))));
  });

  test("STR-6 have the grace for streams that the mapping says", async () => {
    const { signed, ask } = makeRing({ mapping: { ...clientMapping, streamGraceMs: 60_000 } });
    assert.equal((await ask(await signed())).streamGraceMs, 60_000);
  });

  test("list models and name a team where the mapping says so; nothing wider instead", async () => {
    const mapping = { ...clientMapping, modelsClaim: "ai.models", teamClaim: "team" };
    const { signed, ask } = makeRing({ mapping });
    const whole = { ai: { models: ["quality", 7] }, team: "shop" };
    const { models, team } = await ask(await signed(whole));
    assert.deepEqual([models, team], [["quality"], "shop"]);
    for (const own of [{ team: "shop" }, { ...whole, team: undefined }, { ...whole, ai: {} }]) {
      await assert.rejects(ask(await signed(own)), { code: "forbidden" });
    }
  });

  test("SEC-17 give the role that may do most, bound where the mapping says so", async () => {
    const mapping: StaffMapping = {
      kind: "staff",
      rolesClaim: "groups",
      roles: { ops: "admin", devs: "developer", everyone: "viewer" },
      tenantClaim: "tenant",
      userClaim: "email",
    };
    const { signed, ask } = makeRing({ mapping });
    const email = "ann@acme.example";
    const admin = await ask(await signed({ email, groups: ["everyone", "ops", "x"] }));
    assert.deepEqual(
      [admin.keyId, admin.role, admin.tenant, admin.models],
      ["oidc:corp:ann@acme.example", "admin", "acme", []],
    );
    assert.equal((await ask(await signed({ email, groups: "everyone" }))).role, "viewer");
    const refused: readonly Own[] = [
      { email },
      { email, groups: [] },
      { email, groups: ["constructor", "Ops"] },
      { email, groups: { ops: true } },
      { groups: ["ops"] },
      { email: "two words", groups: ["ops"] },
      { email, groups: ["ops"], tenant: undefined },
      { email, groups: ["ops"], tenant: "operator" },
    ];
    for (const own of refused) {
      await assert.rejects(ask(await signed(own)), { code: "forbidden" }, JSON.stringify(own));
    }
  });

  test("are found by name, then by names within one another, and never on a prototype", () => {
    const claims = { "https://x.example/tenant": "a", "a.b": "flat", a: { b: "deep", c: "d" } };
    assert.equal(claimOf(claims, "https://x.example/tenant"), "a");
    assert.equal(claimOf(claims, "a.b"), "flat");
    assert.equal(claimOf(claims, "a.c"), "d");
    for (const name of ["constructor", "a.constructor.name", "toString"]) {
      assert.equal(claimOf(claims, name), undefined, name);
    }
  });
});

test("SEC-2 a refused token is not proven again at once", async () => {
  const { ring, claims, clock } = makeRing();
  const stranger = await issuerKey("k1");
  const token = await stranger.sign(claims());
  await ring.introduce(token);
  assert.equal(ring.introduce(token), null);
  clock.advanceBy(5_000);
  assert.notEqual(ring.introduce(token), null);
});

test("SEC-2 who keeps a connection open is proven again beside it, and not for ever", async () => {
  const { ring, issuer, claims, clock } = makeRing();
  const token = await first.sign(claims());
  await ring.introduce(token);
  const look = () => ring.authenticate(token, null);
  clock.advanceBy(300_000);
  look();
  await ring.introduce(token);
  issuer.keys = [second.jwk];
  clock.advanceBy(300_000);
  // The keys are read again beside this look …
  look();
  await ring.introduce(token);
  clock.advanceBy(300_000);
  look();
  await ring.introduce(token);
  // … and the next proof is by those.
  assert.throws(look, { code: "invalid_credential" });
  clock.advanceBy(600_000);
  assert.throws(look, { code: "invalid_credential" });
});

test("what looks like no token is none, and costs no look at an issuer", () => {
  const { ring, issuer } = makeRing();
  for (const raw of ["", "eyJ", "eyJh.b", "sk_dev_x", `eyJhb.${"a".repeat(9_000)}.c`, "eyJh.é.c"]) {
    assert.equal(ring.introduce(raw), null, raw.slice(0, 20));
  }
  assert.equal(issuer.reads, 0);
});
