import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { canonicalPath, canonicalQuery, canonicalValue } from "./canonical-request.ts";

describe("the path of the wire is encoded again", () => {
  const cases: readonly (readonly [wire: string, canonical: string])[] = [
    ["/", "/"],
    ["", "/"],
    ["/model/a.b-c_d~e/converse", "/model/a.b-c_d~e/converse"],
    ["/model/claude%3A0/converse", "/model/claude%253A0/converse"],
    ["/model/claude:0/converse", "/model/claude%3A0/converse"],
    ["/model/arn%3Aaws%2Fx/invoke", "/model/arn%253Aaws%252Fx/invoke"],
    ["/a b", "/a%20b"],
    ["/é(!)*'", "/%C3%A9%28%21%29%2A%27"],
    ["//a///b//", "/a/b/"],
    ["/a/./b/../c", "/a/c"],
    ["/../..", "/"],
    ["/a/..", "/"],
    ["/...", "/..."],
    ["/\ud800", "/%EF%BF%BD"],
  ];
  for (const [wire, canonical] of cases) {
    test(wire.toWellFormed(), () => assert.equal(canonicalPath(wire, "bedrock"), canonical));
  }

  test("of S3 it is not", () => assert.equal(canonicalPath("//a%3A/..", "s3"), "//a%3A/.."));
});

describe("a query has one spelling", () => {
  const cases: readonly (readonly [raw: string, canonical: string])[] = [
    ["", ""],
    ["b=2&a=1", "a=1&b=2"],
    ["a=2&a=1", "a=1&a=2"],
    ["a", "a="],
    ["a=b=c", "a=b%3Dc"],
    ["&&a=1&", "a=1"],
    ["a=%7e%2f%20+*", "a=~%2F%20%20%2A"],
    ["a=%zz", "a=%25zz"],
    ["a-b=1&a=1", "a=1&a-b=1"],
  ];
  for (const [raw, canonical] of cases) {
    test(raw, () => assert.equal(canonicalQuery(raw), canonical));
  }

  test("spelling it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (raw) => {
        const once = canonicalQuery(raw);
        assert.equal(canonicalQuery(once), once);
      }),
    );
  });
});

test("white space of a header's value becomes one space, or none at its ends", () => {
  assert.equal(canonicalValue(" \t a  b\tc \t"), "a b c");
  assert.equal(canonicalValue('"a   b"'), '"a b"');
  assert.equal(canonicalValue(""), "");
});
