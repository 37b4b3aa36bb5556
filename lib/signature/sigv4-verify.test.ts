import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { readSignatureClaim, type SignatureClaim } from "./signature-claim.ts";
import { headOf, signedRequests, type SignedRequest } from "./signed-request-fixture.ts";
import { RequestSigner } from "./sigv4-sign.ts";
import { SignatureVerifier, type SignatureVerdict, type VerifierOptions } from "./sigv4-verify.ts";

const all = signedRequests();

const requestNamed = (name: string): SignedRequest => {
  const found = all.find((request) => request.name === name);
  assert.ok(found !== undefined);
  return found;
};

const claimOf = (request: SignedRequest): SignatureClaim => {
  const claim = readSignatureClaim(request.headers["authorization"] ?? "");
  assert.ok(claim !== null);
  return claim;
};

const verifierOf = (options: Partial<VerifierOptions> = {}): SignatureVerifier =>
  new SignatureVerifier({
    service: "bedrock",
    regions: null,
    maxSkewMs: 300_000,
    pathPrefixes: [],
    ...options,
  });

const verify = (
  request: SignedRequest,
  options: Partial<VerifierOptions> = {},
): SignatureVerdict => {
  const { secretAccessKey, body, nowMs, service } = request;
  const proof = { secretAccessKey, body, nowMs };
  return verifierOf({ service, ...options }).verify(claimOf(request), headOf(request), proof);
};

const faultOf = (request: SignedRequest, options?: Partial<VerifierOptions>): string =>
  ((verdict) => (verdict.ok ? "none" : verdict.fault))(verify(request, options));

const plain = requestNamed("bedrock-h1");

const withHeaders = (
  request: SignedRequest,
  changes: Readonly<Record<string, string | undefined>>,
): SignedRequest => {
  const headers: Record<string, string> = { ...request.headers };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
  return { ...request, headers };
};

describe("what others have signed is verified", () => {
  for (const request of all) {
    test(`${request.name} (${request.source})`, () => {
      assert.equal(claimOf(request).accessKeyId.startsWith("AKI"), true);
      assert.equal(faultOf(request), "none");
    });
  }

  test("over HTTP/2 the authority stands for the host, whichever name was signed", () => {
    const { host, ...others } = plain.headers;
    assert.equal(faultOf({ ...plain, headers: { ...others, ":authority": host ?? "" } }), "none");
    const h2 = requestNamed("bedrock-h2-authority");
    const { ":authority": authority, ...rest } = h2.headers;
    assert.equal(faultOf({ ...h2, headers: { ...rest, host: authority ?? "" } }), "none");
  });
});

describe("why a request is not taken", () => {
  const minutes = (count: number): number => plain.nowMs + count * 60_000;
  const cases: readonly (readonly [
    what: string,
    request: SignedRequest,
    fault: string,
    options?: Partial<VerifierOptions>,
  ])[] = [
    ["five minutes ago", { ...plain, nowMs: minutes(5) }, "none"],
    ["five minutes ahead", { ...plain, nowMs: minutes(-5) }, "none"],
    ["more than five minutes ago", { ...plain, nowMs: minutes(5) + 2000 }, "skewed"],
    ["more than five minutes ahead", { ...plain, nowMs: minutes(-5) - 2000 }, "skewed"],
    ["no date", withHeaders(plain, { "x-amz-date": undefined }), "date_missing"],
    ["an odd date", withHeaders(plain, { "x-amz-date": "2026-11-20" }), "date_missing"],
    ["another region", plain, "scope_region", { regions: ["eu-west-1"] }],
    ["one of the regions", plain, "none", { regions: ["eu-west-1", "us-east-1"] }],
    ["another service", plain, "scope_service", { service: "s3" }],
    [
      "a header of AWS's that was added",
      withHeaders(plain, { "x-amzn-bedrock-service-tier": "priority" }),
      "header_unsigned",
    ],
    ["a trace that a proxy added", withHeaders(plain, { "x-amzn-trace-id": "Root=1" }), "none"],
    ["a signed header that is gone", withHeaders(plain, { host: undefined }), "header_missing"],
    ["another body", { ...plain, body: `${plain.body} ` }, "body_mismatch"],
    [
      "a body that is not covered",
      withHeaders(plain, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
      "body_unsigned",
    ],
    [
      "another body, without its hash in a header",
      { ...requestNamed("botocore"), body: "{}" },
      "mismatch",
    ],
    ["a wrong secret", { ...plain, secretAccessKey: "x" }, "mismatch"],
    ["an empty secret", { ...plain, secretAccessKey: "" }, "mismatch"],
    [
      "a header that was not signed",
      withHeaders(plain, { "user-agent": "x", forwarded: "for=1.2.3.4" }),
      "none",
    ],
  ];
  for (const [what, request, fault, options] of cases) {
    test(`${what}: ${fault}`, () => assert.equal(faultOf(request, options), fault));
  }

  test("the scope is of another day than the date: scope_date", () => {
    const authorization = plain.headers["authorization"]?.replace("/20261120/", "/20261119/");
    assert.equal(faultOf(withHeaders(plain, { authorization })), "scope_date");
  });

  test("the host is not covered: host_unsigned", () => {
    const authorization = plain.headers["authorization"]?.replace(";host;", ";");
    assert.equal(faultOf(withHeaders(plain, { authorization })), "host_unsigned");
  });

  test("the head alone tells all that needs neither body nor secret", () => {
    const verifier = verifierOf({ regions: ["eu-west-1"] });
    const fault = verifier.faultOfHead(claimOf(plain), headOf(plain), plain.nowMs);
    assert.equal(fault, "scope_region");
    assert.equal(verifierOf().faultOfHead(claimOf(plain), headOf(plain), plain.nowMs), null);
  });
});

describe("a proxy between", () => {
  const prefixed = { ...plain, path: `/gateway${plain.path}` };

  test("puts a prefix before the path", () => {
    assert.equal(faultOf(prefixed), "mismatch");
    assert.equal(faultOf(prefixed, { pathPrefixes: ["/other", "/gateway"] }), "none");
  });

  test("takes a prefix off the path", () => {
    const signer = new RequestSigner("bedrock", "us-east-1");
    const { method, body, nowMs } = plain;
    const toSign = { method, body, host: "h", path: prefixed.path, query: "", headers: [] };
    const credential = {
      accessKeyId: "AK",
      secretAccessKey: plain.secretAccessKey,
      sessionToken: null,
    };
    const [, date = "", , authorization = ""] = signer.sign(toSign, credential, nowMs);
    const stripped = { ...plain, headers: { host: "h", "x-amz-date": date, authorization } };
    assert.equal(faultOf(stripped), "mismatch");
    assert.equal(faultOf(stripped, { pathPrefixes: ["/gateway"] }), "none");
  });

  test("a path without the prefix is none with it", () => {
    assert.equal(
      faultOf({ ...plain, path: "/gatewayx" }, { pathPrefixes: ["/gateway"] }),
      "mismatch",
    );
  });
});

/** A request as any client may sign it, and the ways in which it may be changed. */
const signedByUs = fc
  .record({
    method: fc.constantFrom("POST", "GET", "DELETE"),
    // Paths that differ in dot segments alone are one path.
    path: fc.stringMatching(/^\/[a-z]{1,8}(\/[a-z0-9:%-]{1,12}){1,3}$/),
    query: fc.stringMatching(/^([a-z]{1,4}=[a-z0-9%]{0,6}(&[a-z]{1,4}=[a-z]{0,4}){0,2})?$/),
    tag: fc.stringMatching(/^[a-z0-9]{1,12}$/),
    body: fc.string({ unit: "grapheme", maxLength: 40 }),
    sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9]{8,20}$/), { nil: null }),
  })
  .map(({ method, path, query, tag, body, sessionToken }): SignedRequest => {
    const { secretAccessKey, region, service, nowMs } = plain;
    const added = new RequestSigner(service, region).sign(
      { method, path, query, body, host: "h:1", headers: ["x-tag", tag] },
      { accessKeyId: "AKIATEST", secretAccessKey, sessionToken },
      nowMs,
    );
    const headers: Record<string, string> = { host: "h:1", "x-tag": tag };
    for (let index = 0; index < added.length; index += 2) {
      headers[added[index] ?? ""] = added[index + 1] ?? "";
    }
    return { ...plain, method, path, query, body, headers };
  });

const changed = (text: string, at: number): string => {
  const index = at % text.length;
  const unit = text.charAt(index) === "a" ? "b" : "a";
  return text.slice(0, index) + unit + text.slice(index + 1);
};

type Tamper = (request: SignedRequest, at: number) => SignedRequest;

const header =
  (name: string, change: (value: string, at: number) => string): Tamper =>
  (request, at) =>
    withHeaders(request, { [name]: change(request.headers[name] ?? "", at) });

const inAuthorization =
  (pattern: RegExp): Tamper =>
  (request, at) =>
    header("authorization", (value) => value.replace(pattern, (found) => changed(found, at)))(
      request,
      at,
    );

const tampers: Readonly<Record<string, Tamper>> = {
  method: (request) => ({ ...request, method: request.method === "PUT" ? "POST" : "PUT" }),
  path: (request, at) => ({ ...request, path: `/${changed(request.path.slice(1), at)}` }),
  "an added segment": (request) => ({ ...request, path: `${request.path}/x` }),
  "an added parameter": (request) => ({ ...request, query: `${request.query}&zz=1` }),
  host: header("host", changed),
  date: header("x-amz-date", (value) => value.replace("58Z", "57Z")),
  "a covered header": header("x-tag", changed),
  body: (request) => ({ ...request, body: `${request.body}x` }),
  secret: (request, at) => ({ ...request, secretAccessKey: changed(request.secretAccessKey, at) }),
  region: inAuthorization(/(?<=\d{8}\/)[a-z]+/),
  signature: inAuthorization(/(?<=Signature=)\w+/),
  "the list of headers": header("authorization", (value) => value.replace(";x-tag", "")),
  token: (request) =>
    withHeaders(request, {
      "x-amz-security-token": `${request.headers["x-amz-security-token"] ?? ""}x`,
    }),
};

describe("tampering with any part is noticed", () => {
  test("what was not touched is good", () => {
    fc.assert(fc.property(signedByUs, (request) => verify(request).ok));
  });

  for (const [part, tamper] of Object.entries(tampers)) {
    test(part, () => {
      fc.assert(
        fc.property(signedByUs, fc.nat(1000), (request, at) => {
          const hasToken = request.headers["x-amz-security-token"] !== undefined;
          // A token that was not signed is nobody's business.
          fc.pre(part !== "token" || hasToken);
          return !verify(tamper(request, at)).ok;
        }),
      );
    });
  }
});
