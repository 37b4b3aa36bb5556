import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { codes, type Code } from "../canonical/codes.data.ts";
import { messagesOf } from "./answer-fixture.ts";
import { encodeError, encodeStreamError } from "./errors.ts";

// Every key of the table is a code.
const all = Object.keys(codes) as Code[];

/** Those that SDKs of AWS try again by themselves. */
const retried: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "InternalServerException",
  "ServiceUnavailableException",
]);

describe("an error as Bedrock's clients read it", () => {
  test("status, name and words", () => {
    const error = encodeError("rate_limited", "Slow down");
    assert.equal(error.status, 429);
    assert.deepEqual(error.headers, [
      "content-type",
      "application/json",
      "x-amzn-errortype",
      "ThrottlingException",
    ]);
    assert.equal(error.body, '{"message":"Slow down"}');
  });

  const table: Partial<Record<Code, readonly [exception: string, status: number]>> = {
    invalid_value: ["ValidationException", 400],
    payload_too_large: ["ValidationException", 400],
    unsupported_by_target: ["ValidationException", 400],
    content_filtered: ["ValidationException", 400],
    missing_credential: ["MissingAuthenticationTokenException", 403],
    invalid_credential: ["UnrecognizedClientException", 403],
    invalid_signature: ["InvalidSignatureException", 403],
    signature_expired: ["InvalidSignatureException", 403],
    model_forbidden: ["AccessDeniedException", 403],
    model_not_found: ["ResourceNotFoundException", 404],
    unsupported_surface: ["ResourceNotFoundException", 404],
    conflict: ["ConflictException", 400],
    upstream_rate_limited: ["ThrottlingException", 429],
    upstream_auth: ["ModelErrorException", 424],
    upstream_error: ["InternalServerException", 500],
    upstream_timeout: ["ModelTimeoutException", 408],
    deadline_exceeded: ["ModelTimeoutException", 408],
    circuit_open: ["ServiceUnavailableException", 503],
    overloaded: ["ServiceUnavailableException", 503],
    internal: ["InternalServerException", 500],
  };
  for (const code of all) {
    const row = table[code];
    if (row === undefined) continue;
    test(`${code}: ${row[0]} ${row[1]}`, () => {
      const { headers, status } = encodeError(code, "x");
      assert.deepEqual([headers[headers.indexOf("x-amzn-errortype") + 1], status], row);
    });
  }

  test("MON-11 an empty wallet is a quota, money that others hold a throttle", () => {
    for (const code of ["budget_exhausted", "request_exceeds_budget"] as const) {
      const { headers, status } = encodeError(code, "x");
      assert.ok(headers.includes("ServiceQuotaExceededException"));
      assert.equal(status, 400);
    }
    const held = encodeError("in_flight", "x", { retryAfterMs: 1200 });
    assert.ok(held.headers.includes("ThrottlingException"));
    assert.equal(held.status, 429);
    const hints = ["x-amz-retry-after", "1200", "retry-after", "2", "retry-after-ms", "1200"];
    assert.deepEqual(held.headers.slice(-6), hints);
  });

  test("what is not to be tried again has no name that SDKs try again", () => {
    for (const code of all) {
      const { retryable, bedrock } = codes[code];
      if (!retryable) assert.ok(!retried.has(bedrock[0]), code);
    }
  });

  test("a 500 tells nothing", () => {
    assert.doesNotMatch(encodeError("internal", "secret").body, /secret/);
    assert.doesNotMatch(encodeStreamError("internal", "secret", "converse").toString(), /secret/);
  });

  test("the caller's status takes the table's place", () => {
    assert.equal(encodeError("budget_exhausted", "x", { status: 429 }).status, 429);
  });
});

describe("WIR-5 an error in mid-stream", () => {
  const nameOf = (code: Code, surface: "converse" | "invoke"): string =>
    (messagesOf(encodeStreamError(code, "x", surface))[0] ?? "").split(" ", 2).join(" ");

  const table: Partial<Record<Code, string>> = {
    upstream_cut: "modelStreamErrorException",
    upstream_error: "modelStreamErrorException",
    upstream_malformed: "modelStreamErrorException",
    upstream_rate_limited: "throttlingException",
    upstream_unavailable: "serviceUnavailableException",
    internal: "internalServerException",
    draining: "serviceUnavailableException",
    context_length_exceeded: "validationException",
    budget_exhausted: "validationException",
    upstream_auth: "modelStreamErrorException",
  };
  for (const code of all) {
    const name = table[code];
    if (name === undefined) continue;
    test(`${code}: ${name}`, () => assert.equal(nameOf(code, "converse"), `! ${name}`));
  }

  test("a time-out has a name of its own in native streams alone", () => {
    assert.equal(nameOf("upstream_timeout", "converse"), "! modelStreamErrorException");
    assert.equal(nameOf("upstream_timeout", "invoke"), "! modelTimeoutException");
  });

  test("every code has an exception that its surface knows", () => {
    const known = {
      converse: /^! (internalServer|modelStreamError|serviceUnavailable|throttling|validation)Exc/,
      invoke: /^! (internalServer|model(StreamError|Timeout)|serviceUnav|throttling|validation)/,
    };
    for (const code of all) {
      assert.match(nameOf(code, "converse"), known.converse);
      assert.match(nameOf(code, "invoke"), known.invoke);
    }
  });

  test("the payload has the words, and a model's own status", () => {
    assert.deepEqual(messagesOf(encodeStreamError("upstream_cut", "Broken.", "converse")), [
      '! modelStreamErrorException {"message":"Broken.","originalStatusCode":502}',
    ]);
    assert.deepEqual(messagesOf(encodeStreamError("rate_limited", "Slow.", "invoke")), [
      '! throttlingException {"message":"Slow."}',
    ]);
  });
});
