import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { codes, type Code } from "../canonical/codes.data.ts";
import { recorded } from "./answer-fixture.ts";
import { readErrorObject, readFault } from "./provider-fault.ts";

type Row = readonly [
  file: string,
  status: number | null,
  code: Code,
  verdict: string,
  credential: boolean,
];

describe("RTE-7 a provider's error", () => {
  const table: readonly Row[] = [
    ["error-400-unknown-field.json", 400, "upstream_rejected", "final", false],
    ["error-400-a-string.json", 400, "upstream_rejected", "final", false],
    ["error-400-prompt-too-long.json", 400, "context_length_exceeded", "final", false],
    ["error-400-prompt-and-answer-too-long.json", 400, "context_length_exceeded", "final", false],
    ["error-400-content-filter.json", 400, "content_filtered", "final", false],
    ["error-400-credit-balance.json", 400, "upstream_auth", "failover", true],
    ["error-400-usage-limit.json", 400, "upstream_auth", "failover", true],
    ["error-401-invalid-key.json", 401, "upstream_auth", "failover", true],
    ["error-402-billing.json", 402, "upstream_auth", "failover", true],
    ["error-403-permission.json", 403, "upstream_auth", "failover", false],
    ["answer-empty-object.json", 403, "upstream_auth", "failover", false],
    ["error-404-model.json", 404, "upstream_rejected", "final", false],
    ["error-409-conflict.json", 409, "upstream_error", "retry", false],
    ["error-413-too-large.json", 413, "upstream_rejected", "final", false],
    ["error-429-rate-limit.json", 429, "upstream_rate_limited", "retry", false],
    ["error-429-ramp-limit.json", 429, "upstream_rate_limited", "retry", false],
    ["error-429-spend-limit.json", 429, "upstream_auth", "failover", true],
    ["error-500-api-error.json", 500, "upstream_error", "retry", false],
    ["error-503-key-unreachable.json", 503, "upstream_unavailable", "retry", false],
    ["error-503-html.html", 503, "upstream_unavailable", "retry", false],
    ["error-504-timeout.json", 504, "upstream_timeout", "retry", false],
    ["error-529-overloaded.json", 529, "upstream_unavailable", "retry", false],
    // In an answer, or with a status that says nothing.
    ["error-529-overloaded.json", 200, "upstream_unavailable", "retry", false],
    ["error-401-invalid-key.json", null, "upstream_auth", "failover", true],
    ["error-400-prompt-too-long.json", null, "context_length_exceeded", "final", false],
    ["error-529-overloaded.json", 599, "upstream_unavailable", "retry", false],
    ["error-503-html.html", 418, "upstream_rejected", "final", false],
    ["error-503-html.html", 520, "upstream_error", "retry", false],
    ["answer-html.html", 200, "upstream_malformed", "retry", false],
    ["answer-empty-object.json", 200, "upstream_malformed", "retry", false],
  ];
  for (const [file, status, code, verdict, credentialFault] of table) {
    test(`${status} ${file} is ${code}, ${verdict}`, () => {
      const fault = readFault({ status, body: recorded(file), retryAfterMs: 7 });
      assert.deepEqual(
        [fault.code, fault.verdict, fault.credentialFault, fault.retryAfterMs],
        [code, verdict, credentialFault, 7],
      );
    });
  }

  test("an error in a stream that names no type is the provider's own", () => {
    assert.equal(readErrorObject({}).code, "upstream_error");
    assert.equal(readErrorObject("x").code, "upstream_error");
  });

  test("blame of the request is told on, without keys and addresses", () => {
    const body = recorded("error-400-unknown-field.json");
    const { message } = readFault({ status: 400, body, retryAfterMs: null });
    assert.match(message, /^temperature: Extra inputs are not permitted/);
    assert.doesNotMatch(message, /https?:/);
  });

  test("a provider's own trouble is told in our words", () => {
    for (const [file, status] of [
      ["error-401-invalid-key.json", 401],
      ["error-400-credit-balance.json", 400],
      ["error-429-rate-limit.json", 429],
      ["error-500-api-error.json", 500],
    ] as const) {
      const { message, code } = readFault({ status, body: recorded(file), retryAfterMs: null });
      assert.equal(message, codes[code].meaning);
    }
  });

  test("whatever the body, there is a fault", () => {
    const error = fc.record({ error: fc.jsonValue() }).map((json) => JSON.stringify(json));
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), error),
        fc.integer({ min: 200, max: 599 }),
        (text, status) => {
          const fault = readFault({ status, body: Buffer.from(text), retryAfterMs: null });
          assert.ok(fault.message.length <= 500 && fault.message.isWellFormed());
        },
      ),
      { numRuns: 1000 },
    );
  });
});
