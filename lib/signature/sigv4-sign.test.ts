import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readSignatureClaim } from "./signature-claim.ts";
import { signedRequests, type SignedRequest } from "./signed-request-fixture.ts";
import { RequestSigner } from "./sigv4-sign.ts";

const own: ReadonlySet<string> = new Set(["host", "x-amz-date", "x-amz-security-token"]);

/** What our signer adds to a request that somebody else has signed. */
function signAgain(request: SignedRequest): Readonly<Record<string, string | undefined>> {
  const claim = readSignatureClaim(request.headers["authorization"] ?? "");
  assert.ok(claim !== null);
  const headers = claim.signedHeaders
    .filter((name) => !own.has(name))
    .flatMap((name) => [name, request.headers[name] ?? ""]);
  const added = new RequestSigner(request.service, request.region).sign(
    {
      method: request.method,
      host: request.headers["host"] ?? "",
      path: request.path,
      query: request.query,
      headers,
      body: request.body,
    },
    {
      accessKeyId: claim.accessKeyId,
      secretAccessKey: request.secretAccessKey,
      sessionToken: request.headers["x-amz-security-token"] ?? null,
    },
    request.nowMs,
  );
  const record: Record<string, string> = {};
  for (let index = 0; index < added.length; index += 2) {
    record[added[index] ?? ""] = added[index + 1] ?? "";
  }
  return record;
}

describe("a request is signed as others sign it", () => {
  for (const request of signedRequests()) {
    if (request.headers["host"] === undefined) continue;
    test(`${request.name} (${request.source})`, () => {
      const added = signAgain(request);
      assert.equal(added["authorization"], request.headers["authorization"]);
      assert.equal(added["x-amz-date"], request.headers["x-amz-date"]);
      assert.equal(added["x-amz-security-token"], request.headers["x-amz-security-token"]);
    });
  }
});

describe("RequestSigner", () => {
  const credential = { accessKeyId: "AK", secretAccessKey: "s", sessionToken: null };
  const request = {
    method: "POST",
    host: "h",
    path: "/",
    query: "",
    headers: [] as string[],
    body: "",
  };
  const noonMs = 1_795_176_000_000;

  const authorizationOf = (added: readonly string[]): string | undefined =>
    added[added.indexOf("authorization") + 1];

  test("headers are covered by lower-case name, sorted; those of one name are joined", () => {
    const signer = new RequestSigner("bedrock", "us-east-1");
    const twice = ["X-B", "1", "content-type", "a", "x-b", "  2   3 "];
    const joined = ["x-b", "1,2 3", "content-type", "a"];
    const signed = [twice, joined].map((headers) =>
      authorizationOf(signer.sign({ ...request, headers }, credential, noonMs)),
    );
    assert.equal(signed[0], signed[1]);
    assert.match(signed[0] ?? "", /SignedHeaders=content-type;host;x-amz-date;x-b,/);
  });

  test("a new day has a new key", () => {
    const signer = new RequestSigner("bedrock", "us-east-1");
    const [today, tomorrow] = [noonMs, noonMs + 86_400_000].map((atMs) =>
      authorizationOf(signer.sign(request, credential, atMs)),
    );
    const fresh = new RequestSigner("bedrock", "us-east-1");
    assert.match(today ?? "", /AK\/20261120\/us-east-1\/bedrock\/aws4_request/);
    assert.equal(tomorrow, authorizationOf(fresh.sign(request, credential, noonMs + 86_400_000)));
  });

  test("S3 alone is told the body's hash, and its path is not encoded again", () => {
    const odd = { ...request, path: "/a%3Ab//c" };
    const s3 = new RequestSigner("s3", "us-east-1").sign(odd, credential, noonMs);
    assert.ok(s3.includes("x-amz-content-sha256"));
    const others = new RequestSigner("bedrock", "us-east-1").sign(odd, credential, noonMs);
    assert.ok(!others.includes("x-amz-content-sha256"));
  });

  test("bytes and text of one body have one signature", () => {
    const signer = new RequestSigner("bedrock", "us-east-1");
    const text = signer.sign({ ...request, body: "é" }, credential, noonMs);
    const bytes = signer.sign({ ...request, body: Buffer.from("é") }, credential, noonMs);
    assert.deepEqual(text, bytes);
  });
});
