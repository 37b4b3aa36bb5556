import assert from "node:assert/strict";
import { test } from "node:test";
import { sentences } from "../loading/text-fixture.ts";

const corp = (rest: string): string =>
  `tenants: { acme: {} }\nissuers: { corp: { issuer: "https://a.example", audience: s${rest} } }\n`;
const staff = (rest: string): string =>
  `admin: { oidc: { issuer: "https://a.example", audience: s${rest} } }\n`;

const signIn = (rest: string): string =>
  staff(`, roles: { ops: owner }, signIn: { clientId: console${rest} }`);

const rows: readonly (readonly [text: string, sentence: string | null])[] = [
  [corp(", tenant: acme"), null],
  [corp(", tenantClaim: tenant"), null],
  [corp(""), "issuers.corp needs one of tenant and tenantClaim"],
  [corp(", tenant: acme, tenantClaim: t"), "issuers.corp needs one of tenant and tenantClaim"],
  [corp(", tenant: nobody"), 'issuers.corp.tenant: there is no tenant "nobody"'],
  [
    corp(", tenant: acme, requestBudget: chat"),
    'issuers.corp.requestBudget: "chat" is no request\'s budget of its tenant',
  ],
  [corp(", tenant: acme").replace("corp:", "admin:"), "issuers.admin is the name of admin.oidc"],
  [staff(", roles: { ops: owner }"), null],
  [staff(""), "admin.oidc.roles is empty: nobody would have a role"],
  [signIn(""), null],
  [signIn(", origin: https://console.example"), null],
  [signIn(", origin: http://localhost:8080"), null],
  [
    signIn(", origin: https://console.example/console"),
    "admin.oidc.signIn.origin is no origin: it would be https://console.example",
  ],
  [
    signIn(", origin: http://console.example"),
    "admin.oidc.signIn.origin must begin with https://: sessions would go in the clear",
  ],
  [
    signIn("").replace("https://a", "http://a"),
    "admin.oidc.issuer must begin with https://: who changes its answers on the way would sign in",
  ],
  [signIn("").replace("https://a.example", "http://127.0.0.1:9000"), null],
  [staff(", roles: { ops: owner }").replace("https://a", "http://a"), null],
  [signIn(", scopes: [email]"), "admin.oidc.signIn.scopes has no openid: no ID token would come"],
  [
    signIn(", maxMs: 60000, idleMs: 60001"),
    "admin.oidc.signIn.idleMs is 60001, more than maxMs, which is 60000",
  ],
  [
    corp(", tenant: acme").replace("audience: s", "audience: console") + signIn(""),
    "issuers.corp has issuer and audience of admin.oidc.signIn: whose is a token?",
  ],
  [
    corp(", tenant: acme") + staff(", roles: { ops: owner }"),
    "issuers.corp has issuer and audience of admin.oidc: whose is a token?",
  ],
];

for (const [text, sentence] of rows) {
  test(`SEC-2 ${sentence ?? "a whole issuer is taken"}: ${text.slice(0, 60).trim()}`, () => {
    assert.deepEqual(sentences(text), sentence === null ? [] : [sentence]);
  });
}

test("SEC-2 no algorithm with a shared secret, and none, can be named", () => {
  for (const algorithm of ["HS256", "none"]) {
    const [problem = ""] = sentences(corp(`, tenant: acme, algorithms: [${algorithm}]`));
    assert.match(problem, /issuers\.corp\.algorithms\[0\]: "(?:HS256|none)"/);
  }
  assert.match(
    sentences(corp(", tenant: acme").replace("https", "file"))[0] ?? "",
    /issuers\.corp\.issuer: .*no URL/,
  );
});
