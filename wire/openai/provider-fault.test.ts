import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { codes, type Code } from "../canonical/codes.data.ts";
import { recorded } from "./answer-fixture.ts";
import { readFault } from "./provider-fault.ts";

type Row = readonly [
  file: string,
  status: number,
  code: Code,
  verdict: string,
  credential: boolean,
];

describe("RTE-7 a provider's error", () => {
  const table: readonly Row[] = [
    ["error-401-invalid-api-key.json", 401, "upstream_auth", "failover", true],
    ["error-429-insufficient-quota.json", 429, "upstream_auth", "failover", true],
    ["error-429-rate-limit.json", 429, "upstream_rate_limited", "retry", false],
    ["error-400-context-length.json", 400, "context_length_exceeded", "final", false],
    ["error-400-vllm-context-length.json", 400, "context_length_exceeded", "final", false],
    ["error-400-azure-content-filter.json", 400, "content_filtered", "final", false],
    ["error-400-unsupported-value.json", 400, "upstream_rejected", "final", false],
    ["error-403-model-denied.json", 403, "upstream_auth", "failover", false],
    ["error-404-model-not-found.json", 404, "upstream_rejected", "final", false],
    ["error-422-validation-detail.json", 422, "upstream_rejected", "final", false],
    ["error-500-as-a-list.json", 500, "upstream_error", "retry", false],
    ["error-503-html.html", 503, "upstream_unavailable", "retry", false],
    ["answer-empty-object.json", 200, "upstream_malformed", "retry", false],
    ["answer-html.html", 200, "upstream_malformed", "retry", false],
    ["answer-html.html", 302, "upstream_malformed", "retry", false],
    ["answer-error-with-status-200.json", 200, "upstream_unavailable", "retry", false],
    ["answer-empty-object.json", 418, "upstream_rejected", "final", false],
    ["answer-empty-object.json", 520, "upstream_error", "retry", false],
    ["answer-empty-object.json", 529, "upstream_unavailable", "retry", false],
    ["answer-empty-object.json", 408, "upstream_timeout", "retry", false],
    ["answer-empty-object.json", 409, "upstream_error", "retry", false],
    ["answer-empty-object.json", 424, "upstream_error", "retry", false],
    ["answer-empty-object.json", 403, "upstream_auth", "failover", false],
    ["answer-empty-object.json", 413, "upstream_rejected", "final", false],
  ];
  for (const [file, status, code, verdict, credentialFault] of table) {
    test(`${status} ${file}`, () => {
      const fault = readFault({ status, body: recorded(file), retryAfterMs: 7 });
      assert.deepEqual(
        [fault.code, fault.verdict, fault.credentialFault, fault.retryAfterMs],
        [code, verdict, credentialFault, 7],
      );
    });
  }

  test("a throttle that speaks of tokens is no prompt that is too long", () => {
    const body = Buffer.from('{"error":{"message":"Too many tokens, please wait"}}');
    const fault = readFault({ status: 429, body, retryAfterMs: null });
    assert.equal(fault.code, "upstream_rate_limited");
  });

  test("the usual type of a server's error says less than its status", () => {
    const body = Buffer.from('{"error":{"message":"Overloaded","type":"server_error"}}');
    const codeAt = (status: number) => readFault({ status, body, retryAfterMs: null }).code;
    const expected = ["upstream_error", "upstream_unavailable", "upstream_timeout"];
    assert.deepEqual([500, 503, 504].map(codeAt), expected);
  });

  const faultOf = (file: string, status: number) =>
    readFault({ status, body: recorded(file), retryAfterMs: null });

  test("blame of the request is told on, without keys and addresses", () => {
    const { message, param } = faultOf("error-400-unsupported-value.json", 400);
    assert.equal(param, "temperature");
    assert.match(message, /^Unsupported value: 'temperature' does not support 0.2/);
    assert.doesNotMatch(message, /https?:|sk-/);
  });

  test("a provider's own trouble is told in our words", () => {
    for (const [file, status] of [
      ["error-401-invalid-api-key.json", 401],
      ["error-429-rate-limit.json", 429],
      ["error-500-as-a-list.json", 500],
    ] as const) {
      const { message, code } = faultOf(file, status);
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
