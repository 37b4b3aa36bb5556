import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { codes, type Code } from "../canonical/codes.data.ts";
import { encodeError } from "./errors.ts";

const told = (code: Code, details = {}): readonly [status: number, body: unknown] => {
  const { status, body } = encodeError(code, "Words", details);
  return [status, JSON.parse(body)];
};

describe("encodeError", () => {
  const rows: readonly (readonly [Code, status: number, type: string])[] = [
    ["invalid_value", 400, "invalid_request_error"],
    ["invalid_credential", 401, "authentication_error"],
    ["budget_exhausted", 402, "billing_error"],
    ["model_forbidden", 403, "permission_error"],
    ["model_not_found", 404, "not_found_error"],
    ["method_not_allowed", 405, "invalid_request_error"],
    ["body_timeout", 408, "timeout_error"],
    ["conflict", 409, "conflict_error"],
    ["payload_too_large", 413, "request_too_large"],
    ["rate_limited", 429, "rate_limit_error"],
    ["internal", 500, "api_error"],
    ["upstream_error", 502, "api_error"],
    ["storage_unavailable", 503, "api_error"],
    ["upstream_timeout", 504, "timeout_error"],
    ["overloaded", 529, "overloaded_error"],
    ["draining", 529, "overloaded_error"],
    ["circuit_open", 529, "overloaded_error"],
    ["upstream_unavailable", 529, "overloaded_error"],
  ];
  for (const [code, status, type] of rows) {
    test(`${code} is ${status} ${type}`, () => {
      const message = code === "internal" ? codes.internal.meaning : "Words";
      assert.deepEqual(told(code), [
        status,
        {
          type: "error",
          error: { type, message, details: { error_code: code } },
          request_id: null,
        },
      ]);
    });
  }

  test("every code has an answer", () => {
    for (const code of Object.keys(codes)) {
      // The keys are codes.
      const { status, body } = encodeError(code as Code, "Words");
      assert.ok(status >= 400 && status < 600);
      assert.deepEqual(Object.keys(JSON.parse(body)), ["type", "error", "request_id"]);
    }
  });

  test("the request's id stands in the body", () => {
    const { body } = encodeError("conflict", "Words", { requestId: "req_1" });
    assert.equal(JSON.parse(body).request_id, "req_1");
  });

  test("hints to try again", () => {
    const { headers } = encodeError("in_flight", "Words", { retryAfterMs: 1500.2 });
    assert.deepEqual(headers, [
      "content-type",
      "application/json",
      "x-should-retry",
      "true",
      "retry-after",
      "2",
      "retry-after-ms",
      "1501",
    ]);
    assert.equal(encodeError("conflict", "Words").headers[3], "false");
    assert.equal(encodeError("conflict", "Words", { retryable: true }).headers[3], "true");
  });

  test("facts, the field at fault, and another status", () => {
    const details = { status: 429, param: "max_tokens", facts: { limit: 5, used: 5 } };
    assert.deepEqual(told("budget_exhausted", details), [
      429,
      {
        type: "error",
        error: {
          type: "billing_error",
          message: "Words",
          details: { error_code: "budget_exhausted", param: "max_tokens", limit: 5, used: 5 },
        },
        request_id: null,
      },
    ]);
  });

  test("a 500 tells nothing", () => {
    assert.doesNotMatch(encodeError("internal", "secret").body, /secret/);
  });
});
