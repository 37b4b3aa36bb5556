import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac, hash } from "node:crypto";
import { before, describe, test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { IssuerSignIn, signInMs, type PostForm, type SignInClient } from "./issuer-sign-in.ts";
import type { StaffMapping } from "./jwt-claims.ts";
import { issuerKey, IssuerInMemory, issuerUrl, type IssuerKey } from "./jwt-fixture.ts";
import { Pepper } from "./pepper.ts";
import { SignInEndpoints } from "./sign-in-endpoints.ts";
import { SignInSeal } from "./sign-in-seal.ts";
import { UsedStates } from "./used-states.ts";

let key: IssuerKey;
let stranger: IssuerKey;
before(async () => {
  [key, stranger] = await Promise.all([issuerKey("k1"), issuerKey("k1")]);
});

const mapping: StaffMapping = {
  kind: "staff",
  rolesClaim: "groups",
  roles: { ops: "admin" },
  tenantClaim: null,
  userClaim: "sub",
};

const discovery = {
  issuer: issuerUrl,
  authorization_endpoint: `${issuerUrl}/authorize?audience=x`,
  token_endpoint: `${issuerUrl}/token`,
};

const redirectUri = "https://console.example/admin/session/oidc/callback";

/** What the token endpoint answers to a sign-in with this nonce. */
type Answering = (nonce: string) => unknown;

const makeFlow = (client: Partial<SignInClient> = {}, document: object = discovery) => {
  const random = new SeededRandom(1);
  const clock = new VirtualClock();
  const issuer = new IssuerInMemory([key]);
  const forms: Parameters<PostForm>[] = [];
  const world = { document: document as unknown, answer: (async () => ({})) as Answering };
  const now = Math.floor(clock.wallMs() / 1_000);
  const pepper = new Pepper(1, new Map([[1, random.bytes(32)]]));
  let nonce = "";
  const flow = new IssuerSignIn(
    { id: "console", secret: () => "s:e c", scopes: ["openid", "groups"], ...client },
    {
      clock,
      random,
      issuer: issuer.serve(clock, { name: "admin", audience: "console", mapping }),
      endpoints: new SignInEndpoints(issuerUrl, {
        clock,
        read: async () => {
          if (world.document instanceof Error) throw world.document;
          return world.document;
        },
      }),
      post: async (...form) => {
        forms.push(form);
        return world.answer(nonce);
      },
      seal: new SignInSeal(pepper, random),
      used: new UsedStates(clock, signInMs),
    },
  );
  const begin = async () => {
    const { url, sealed } = await flow.begin(redirectUri, "/console/money");
    const asked = new URL(url).searchParams;
    nonce = asked.get("nonce") ?? "";
    return { asked, sealed, query: `code=c1&state=${asked.get("state")}` };
  };
  const claims = (own: object = {}) => ({
    iss: issuerUrl,
    aud: "console",
    sub: "ann",
    groups: ["ops"],
    exp: now + 300,
    nonce,
    ...own,
  });
  const idToken = (own: object = {}, header: object = {}) =>
    key.sign(claims(own), { typ: "JWT", ...header });
  world.answer = async () => ({ id_token: await idToken() });
  return { flow, clock, issuer, forms, world, begin, claims, idToken };
};

const ends = (code: string, words: RegExp) => ({ code, message: words });

test("SEC-20 the issuer is asked with S256, a state and a nonce of their own", async () => {
  const { flow, begin, forms } = makeFlow();
  const { asked, sealed, query } = await begin();
  assert.deepEqual(
    ["audience", "response_type", "client_id", "redirect_uri", "scope"].map((n) => asked.get(n)),
    ["x", "code", "console", redirectUri, "openid groups"],
  );
  const { principal, returnTo } = await flow.finish(sealed, query);
  assert.deepEqual([principal.keyId, principal.role], ["oidc:admin:ann", "admin"]);
  assert.equal(returnTo, "/console/money");
  const [[url, { fields, authorization }]] = forms as [Parameters<PostForm>]; // one was posted
  assert.equal(url, `${issuerUrl}/token`);
  assert.equal(asked.get("code_challenge_method"), "S256");
  const verifier = fields.get("code_verifier") ?? "";
  assert.equal(verifier.length, 43);
  assert.equal(asked.get("code_challenge"), hash("sha256", verifier, "base64url"));
  assert.equal(authorization, `Basic ${Buffer.from("console:s%3Ae+c").toString("base64")}`);
  const other = await begin();
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.notEqual(other.asked.get(name), asked.get(name));
    assert.ok(!Buffer.from(sealed, "base64url").includes(asked.get(name) ?? ""), name);
  }
});

test("SEC-20 a secret is in the body where the issuer wants it, and may be none", async () => {
  const wanted = { ...discovery, token_endpoint_auth_methods_supported: ["client_secret_post"] };
  for (const [flowOf, secret] of [
    [makeFlow({}, wanted), "s:e c"],
    [makeFlow({ secret: null }), null],
  ] as const) {
    const { sealed, query } = await flowOf.begin();
    await flowOf.flow.finish(sealed, query);
    const [[, { fields, authorization }]] = flowOf.forms as [Parameters<PostForm>]; // one
    assert.deepEqual(
      [fields.get("client_id"), fields.get("client_secret"), authorization],
      ["console", secret, null],
    );
  }
});

describe("SEC-20 what comes back is refused", () => {
  const changes: readonly (readonly [title: string, change: (query: string) => string, RegExp])[] =
    [
      ["another state", (query) => `${query}x`, /state is not/],
      ["no state", () => "code=c1", /state is not/],
      ["two states", (query) => `${query}&state=a`, /state is not/],
    ];
  for (const [title, change, words] of changes) {
    test(title, async () => {
      const { flow, begin, forms } = makeFlow();
      const { sealed, query } = await begin();
      await assert.rejects(flow.finish(sealed, change(query)), ends("expired", words));
      assert.equal(forms.length, 0);
      // Whoever guesses does not use up what is right.
      await flow.finish(sealed, query);
    });
  }

  test("one that comes twice, late, without its cookie or with a changed one", async () => {
    const { flow, begin, clock, forms } = makeFlow();
    const { sealed, query } = await begin();
    const changed = `${sealed.startsWith("A") ? "B" : "A"}${sealed.slice(1)}`;
    for (const none of [null, "", "x", changed, sealed.slice(0, -4), "A".repeat(9_999)]) {
      await assert.rejects(flow.finish(none, query), ends("expired", /brings no sign-in/));
    }
    await flow.finish(sealed, query);
    await assert.rejects(flow.finish(sealed, query), ends("expired", /used before/));
    const late = await begin();
    clock.advanceBy(signInMs);
    await assert.rejects(flow.finish(late.sealed, late.query), ends("expired", /600 s ago/));
    assert.equal(forms.length, 1);
  });

  test("a code of another issuer, or none where it says who it is", async () => {
    for (const [document, iss] of [
      [discovery, "&iss=https://evil.example"],
      [discovery, `&iss=${issuerUrl}&iss=${issuerUrl}`],
      [{ ...discovery, authorization_response_iss_parameter_supported: true }, ""],
    ] as const) {
      const { flow, begin, forms } = makeFlow({}, document);
      const { sealed, query } = await begin();
      const wrong = flow.finish(sealed, query + iss);
      await assert.rejects(wrong, ends("unproven", /another issuer/));
      assert.equal(forms.length, 0);
    }
  });

  test("an error of the issuer, repeated only where it is a name", async () => {
    const { flow, begin } = makeFlow();
    for (const [said, words] of [
      ["error=access_denied", /says access_denied$/],
      ["error=%3Cscript%3E", /says without a name$/],
    ] as const) {
      const { sealed, query } = await begin();
      await assert.rejects(flow.finish(sealed, `${query}&${said}`), ends("denied", words));
    }
  });

  test("a refused code, an answer without an ID token, no answer", async () => {
    const { flow, begin, world } = makeFlow();
    for (const [answer, code, words] of [
      [async () => ({ error: "invalid_grant" }), "unproven", /invalid_grant/],
      [async () => ({ access_token: "a" }), "unproven", /no ID token/],
      [async () => ({ id_token: "a".repeat(16_385) }), "unproven", /no ID token/],
      [async () => [], "unproven", /no ID token/],
      [async () => Promise.reject(new Error("it took too long")), "unavailable", /too long/],
    ] as const) {
      const { sealed, query } = await begin();
      world.answer = answer;
      await assert.rejects(flow.finish(sealed, query), ends(code, words));
    }
  });
});

describe("SEC-20 an ID token is refused", () => {
  const unsigned = (claims: object, header: object): string =>
    [header, claims].map((e) => Buffer.from(JSON.stringify(e)).toString("base64url")).join(".");
  type Made = ReturnType<typeof makeFlow>;
  const forged: Readonly<Record<string, readonly [(of: Made) => unknown, RegExp, string?]>> = {
    "with another nonce": [({ idToken }) => idToken({ nonce: "other" }), /nonce is not/],
    "without a nonce": [({ idToken }) => idToken({ nonce: undefined }), /nonce is not/],
    "that is over": [({ idToken }) => idToken({ exp: 1_000 }), /expired/],
    "for another client": [({ idToken }) => idToken({ aud: "other" }), /claim aud/],
    "for several, and asked for by another": [
      ({ idToken }) => idToken({ aud: ["console", "other"], azp: "other" }),
      /azp/,
    ],
    "for several, and nobody asked": [
      ({ idToken }) => idToken({ aud: ["console", "other"] }),
      /azp/,
    ],
    "of another issuer": [({ idToken }) => idToken({ iss: "https://evil.example" }), /claim iss/],
    "that is an access token": [({ idToken }) => idToken({}, { typ: "at+jwt" }), /type/],
    "that nobody signed": [
      ({ claims }) => `${unsigned(claims(), { alg: "none", typ: "JWT" })}.`,
      /algorithm|signature/,
    ],
    "signed with the public key as a secret": [
      ({ claims }) => {
        const text = unsigned(claims(), { alg: "HS256", kid: "k1", typ: "JWT" });
        const mac = createHmac("sha256", JSON.stringify(key.jwk)).update(text);
        return `${text}.${mac.digest("base64url")}`;
      },
      /algorithm/,
    ],
    "of another key by the same name": [
      ({ claims }) => stranger.sign(claims(), { typ: "JWT" }),
      /signature/,
    ],
    "that brings its own key": [
      ({ claims }) => stranger.sign(claims(), { typ: "JWT", jwk: stranger.jwk }),
      /signature/,
    ],
    "of somebody without a role": [
      ({ idToken }) => idToken({ groups: ["others"] }),
      /role/,
      "no_role",
    ],
    "of somebody without a name": [({ idToken }) => idToken({ sub: undefined }), /sub/, "no_role"],
  };
  for (const [title, [make, words, code = "unproven"]] of Object.entries(forged)) {
    test(title, async () => {
      const made = makeFlow();
      const { sealed, query } = await made.begin();
      made.world.answer = async () => ({ id_token: await make(made) });
      await assert.rejects(made.flow.finish(sealed, query), ends(code, words));
    });
  }
});

test("SEC-20 an issuer that is away, or leads into the clear, begins nothing", async () => {
  for (const [document, words] of [
    [new Error("it took longer than 10000 ms"), /longer/],
    [{ ...discovery, issuer: "https://evil.example" }, /another issuer's/],
    [{ ...discovery, token_endpoint: "http://id.example/token" }, /no https/],
    [{ ...discovery, authorization_endpoint: "javascript:alert(1)" }, /no https/],
    [{ ...discovery, authorization_endpoint: undefined }, /names no authorization_endpoint/],
    [[], /another issuer's/],
  ] as const) {
    const { begin } = makeFlow({}, document);
    await assert.rejects(begin(), ends("unavailable", words));
  }
});

test("SEC-20 known places go on for a day, and a silent issuer has its pause", async () => {
  const { flow, begin, world, clock, issuer, idToken } = makeFlow();
  const { sealed, query } = await begin();
  world.document = new Error("away");
  clock.advanceBy(signInMs - 1);
  world.answer = async () => ({ id_token: await idToken({ exp: 4_000_000_000 }) });
  await flow.finish(sealed, query);
  await begin();
  clock.advanceBy(86_400_000);
  await assert.rejects(begin(), ends("unavailable", /away/));
  world.document = discovery;
  await assert.rejects(begin(), ends("unavailable", /away/));
  clock.advanceBy(5_000);
  await begin();
  assert.equal(issuer.reads, 1);
});
