import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { claimsSignature, readSignatureClaim } from "./signature-claim.ts";

const signature = "0123456789abcdef".repeat(4);
const credential = "AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/bedrock/aws4_request";
const signedHeaders = ":authority;x-amz-date";
const header =
  `AWS4-HMAC-SHA256 Credential=${credential}, ` +
  `SignedHeaders=${signedHeaders}, Signature=${signature}`;

test("a claim names the access key, the scope and what is covered", () => {
  assert.deepEqual(readSignatureClaim(header), {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    scope: { date: "20261120", region: "us-east-1", service: "bedrock" },
    signedHeaders: [":authority", "x-amz-date"],
    signature,
  });
});

describe("what is read all the same", () => {
  const same: readonly (readonly [what: string, text: string])[] = [
    ["no spaces behind commas", header.replaceAll(", ", ",")],
    ["many spaces", header.replaceAll(", ", " ,   ")],
    [
      "another order",
      `AWS4-HMAC-SHA256 Signature=${signature}, ` +
        `SignedHeaders=${signedHeaders}, Credential=${credential}`,
    ],
  ];
  for (const [what, text] of same) {
    test(what, () => assert.deepEqual(readSignatureClaim(text), readSignatureClaim(header)));
  }
});

describe("what is no claim", () => {
  const none: readonly (readonly [what: string, text: string])[] = [
    ["nothing", ""],
    ["a bearer token", "Bearer abc"],
    ["another algorithm", header.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")],
    ["the algorithm alone", "AWS4-HMAC-SHA256 "],
    ["no signature", header.replace(/, Signature=.*/, "")],
    ["a short signature", header.slice(0, -1)],
    ["a signature in capitals", header.replace(signature, signature.toUpperCase())],
    ["no headers", header.replace(":authority;x-amz-date", "")],
    ["a header without a name", header.replace("x-amz-date", "")],
    ["a header in capitals", header.replace("x-amz-date", "X-Amz-Date")],
    ["a header with a line end", header.replace("x-amz-date", "x\nhost")],
    ["more than 100 headers", header.replace("x-amz-date", "a;".repeat(100) + "b")],
    ["a field twice", `${header}, Signature=${signature}`],
    ["a field more", `${header}, Extra=1`],
    ["a scope too short", header.replace("/us-east-1", "")],
    ["a scope too long", header.replace("/us-east-1", "/us-east-1/x")],
    ["another end of the scope", header.replace("aws4_request", "aws5_request")],
    ["no access key", header.replace("AKIAIOSFODNN7EXAMPLE", "")],
    ["an odd day", header.replace("20261120", "2026112")],
    ["more than 8 KiB", header.replace("AKIA", "A".repeat(8192))],
  ];
  for (const [what, text] of none) {
    test(what, () => assert.equal(readSignatureClaim(text), null));
  }

  test("any text: a claim or null, and in linear time", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const claim = readSignatureClaim(`AWS4-HMAC-SHA256 ${text}`);
        assert.ok(claim === null || claim.signature.length === 64);
      }),
    );
    assert.equal(readSignatureClaim(`AWS4-HMAC-SHA256 ${",".repeat(8000)}`), null);
  });

  test("whether a header speaks of a signature is seen before it is read", () => {
    assert.ok(claimsSignature("AWS4-HMAC-SHA256 nonsense"));
    assert.ok(!claimsSignature("Bearer x"));
  });
});
