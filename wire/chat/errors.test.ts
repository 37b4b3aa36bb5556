import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { codes, type Code } from "../canonical/codes.data.ts";
import { encodeError } from "./errors.ts";

const words = "Words with arn:aws:iam::123456789012 in them";

/** The table's keys are its codes. */
const allCodes = Object.keys(codes) as Code[];

const detailOf = (code: Code): unknown => {
  const encoded = encodeError(code, words);
  return [encoded.status, JSON.parse(encoded.body)];
};

describe("REF-9 encodeError", () => {
  test("an open circuit has a sentence of its own and says when to come back", () => {
    assert.deepEqual(encodeError("circuit_open", words, { retryAfterMs: 29_001 }), {
      status: 503,
      headers: ["content-type", "application/json", "retry-after", "30"],
      body: '{"detail":"Circuit breaker is open. Service is unavailable."}',
    });
  });

  test("every other failure is a 503 with the meaning of its code", () => {
    const failing = allCodes.filter((code) => codes[code].status >= 500);
    assert.ok(failing.length > 10);
    for (const code of failing.filter((each) => each !== "circuit_open")) {
      const detail = `Service temporarily unavailable. Error: ${codes[code].meaning}`;
      assert.deepEqual(detailOf(code), [503, { detail }], code);
    }
  });

  test("so is what the caller has no part in, whatever its status elsewhere", () => {
    for (const code of ["unpriced", "upstream_rate_limited"] as const) {
      const detail = `Service temporarily unavailable. Error: ${codes[code].meaning}`;
      assert.deepEqual(detailOf(code), [503, { detail }], code);
    }
  });

  test("a service without a model says what its operator has to set", () => {
    const detail = "Service is not set up: chat.model names no model that is configured.";
    assert.deepEqual(detailOf("model_not_found"), [503, { detail }]);
  });

  test("a mistake of the caller's has its status and says how to mend it", () => {
    const rows: readonly (readonly [Code, number])[] = [
      ["invalid_value", 400],
      ["missing_credential", 401],
      ["budget_exhausted", 402],
      ["model_forbidden", 403],
      ["payload_too_large", 413],
      ["rate_limited", 429],
    ];
    for (const [code, status] of rows) {
      assert.deepEqual(detailOf(code), [status, { detail: words }], code);
    }
  });

  test("SEC-9 a provider's own words are in no error", () => {
    const inProvidersWords: ReadonlySet<Code> = new Set<Code>([
      ...allCodes.filter((code) => code.startsWith("upstream_") || codes[code].status >= 500),
      "content_filtered",
      "context_length_exceeded",
    ]);
    for (const code of inProvidersWords) {
      assert.doesNotMatch(encodeError(code, words).body, /arn:aws/, code);
    }
  });
});
