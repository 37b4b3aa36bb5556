import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { recorded, tell } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";
import { readFault } from "./provider-fault.ts";

const start = "start gemini-2.5-flash aBcD1234_-x";

const answers: Readonly<Record<string, readonly string[]>> = {
  plain: [start, "text Hello 🌏", "usage 7 5 0 0", "finish stop"],
  "thoughts-and-calls": [
    start,
    "reasoning Hm||",
    "reasoning |CpMB|",
    "toolStart 0 call_aBcD1234x_0 f",
    'toolDelta 0 {"a":1}',
    "toolEnd 0",
    "toolStart 1 call_aBcD1234x_1 g",
    "toolDelta 1 {}",
    "toolEnd 1",
    "usage 20 39 0 30",
    "finish tool",
  ],
  "blocked-prompt": ["start  r1", "usage 7 0 0 0", "finish filter"],
  "without-content": ["start  null", "usage 7 0 0 0", "finish filter"],
};

const faults: Readonly<Record<string, string>> = {
  "without-a-reason.json": "upstream_cut",
  "empty-object.json": "upstream_malformed",
  "malformed-function-call.json": "upstream_error",
  "error-with-status-200.json": "upstream_error",
  "html.html": "upstream_malformed",
};

describe("recorded answers of Gemini", () => {
  for (const [name, says] of Object.entries(answers)) {
    test(name, () => {
      const bytes = recorded(`answer-${name}.json`);
      const decoded = decodeAnswer(bytes);
      assert.ok(decoded.ok);
      assert.deepEqual(decoded.value.map(tell), says);
      const observed = observeAnswer(bytes);
      assert.ok(observed.ok);
      assert.equal(`finish ${observed.value.finish}`, says.at(-1));
      assert.equal(observed.value.outputBytes, bytes.length);
    });
  }

  test("WIR-13 signatures of a whole answer", () => {
    const observed = observeAnswer(recorded("answer-thoughts-and-calls.json"));
    assert.deepEqual(observed.ok ? observed.value.proofs : null, ["CpMB"]);
  });

  for (const [name, code] of Object.entries(faults)) {
    test(`RTE-7 ${name} is ${code}`, () => {
      for (const read of [decodeAnswer, observeAnswer]) {
        const found = read(recorded(`answer-${name}`));
        assert.equal(found.ok ? null : found.fault.code, code);
      }
    });
  }
});

/** Code, verdict, is the credential at fault, and the hint. */
type Fault = readonly [string, string, boolean, number | null];

const errors: Readonly<Record<string, Fault>> = {
  "400-invalid-argument.json": ["upstream_rejected", "final", false, null],
  "400-key-not-valid.json": ["upstream_auth", "failover", true, null],
  "400-prompt-too-long.json": ["context_length_exceeded", "final", false, null],
  "400-location.json": ["upstream_auth", "failover", true, null],
  "403-permission.json": ["upstream_auth", "failover", true, null],
  "403-file.json": ["upstream_auth", "failover", false, null],
  "403-html.html": ["upstream_auth", "failover", false, null],
  "400-file-not-active.json": ["upstream_rejected", "final", false, null],
  "400-echoes-the-client.json": ["upstream_rejected", "final", false, null],
  "404-model.json": ["upstream_rejected", "final", false, null],
  "429-per-minute.json": ["upstream_rate_limited", "retry", false, 26_000],
  "429-per-day.json": ["upstream_auth", "failover", true, 26_000],
  "500-internal.json": ["upstream_error", "retry", false, null],
  "503-overloaded.json": ["upstream_unavailable", "retry", false, null],
  "503-html.html": ["upstream_unavailable", "retry", false, null],
  "504-deadline.json": ["upstream_timeout", "retry", false, null],
};

describe("RTE-7 recorded errors of Gemini", () => {
  for (const [name, expected] of Object.entries(errors)) {
    test(name, () => {
      const status = Number(name.slice(0, 3));
      const body = recorded(`error-${name}`);
      const fault = readFault({ status, body, retryAfterMs: null });
      const { code, verdict, credentialFault, retryAfterMs } = fault;
      assert.deepEqual([code, verdict, credentialFault, retryAfterMs], expected);
    });
  }

  test("RTE-8 a header counts before the details", () => {
    const body = recorded("error-429-per-minute.json");
    assert.equal(readFault({ status: 429, body, retryAfterMs: 5 }).retryAfterMs, 5);
  });

  test("an error in the list that an answer without alt=sse is", () => {
    const body = recorded("error-in-a-list.json");
    assert.equal(readFault({ status: null, body, retryAfterMs: null }).code, "upstream_rejected");
  });
});
