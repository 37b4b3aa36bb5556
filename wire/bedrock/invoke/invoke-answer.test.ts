import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { recorded, tell } from "../answer-fixture.ts";
import { metricHeaders, readUsageHeaders, writeMetricHeaders } from "./invocation-metrics.ts";
import { decodeInvokeAnswer, observeInvokeAnswer } from "./invoke-answer.ts";

describe("a whole native answer that passes untouched", () => {
  type Row = readonly [finish: string, input: number | null, output: number | null] | string;
  const table: Readonly<Record<string, Row>> = {
    "native-answer-claude.json": ["stop", 19, 10],
    "native-answer-nova.json": ["length", 19, 10],
    "native-answer-titan.json": ["length", 19, 10],
    "native-answer-llama.json": ["stop", 19, 10],
    "native-answer-openai.json": ["length", 19, 10],
    "native-answer-titan-embedding.json": ["stop", 19, 0],
    "native-answer-mistral.json": ["stop", null, null],
    "answer-error-with-status-200.json": "upstream_rate_limited",
    "answer-empty-object.json": "upstream_malformed",
    "answer-html.html": "upstream_malformed",
  };
  for (const [name, row] of Object.entries(table)) {
    test(name, () => {
      const answer = observeInvokeAnswer(recorded(name));
      const found = answer.ok
        ? [
            answer.value.finish,
            answer.value.usage?.input ?? null,
            answer.value.usage?.output ?? null,
          ]
        : answer.fault.code;
      assert.deepEqual(found, row);
    });
  }

  test("what Bedrock counted stands in headers, for every family", () => {
    const headers = {
      "x-amzn-bedrock-input-token-count": "3",
      "x-amzn-bedrock-output-token-count": "4",
      "x-amzn-bedrock-cache-read-input-token-count": "5",
    };
    const usageOf = (name: string): unknown => {
      const answer = observeInvokeAnswer(recorded(name), headers);
      return answer.ok ? answer.value.usage : null;
    };
    assert.deepEqual(usageOf("native-answer-mistral.json"), {
      input: 3,
      output: 4,
      cacheRead: 5,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      reasoning: 0,
    });
    const odd = { "x-amzn-bedrock-input-token-count": "many" };
    const answer = observeInvokeAnswer(recorded("native-answer-mistral.json"), odd);
    assert.ok(answer.ok && answer.value.usage === null);
  });
});

describe("a whole native answer as events", () => {
  test("of Claude", () => {
    const answer = decodeInvokeAnswer(recorded("native-answer-claude.json"));
    assert.ok(answer.ok);
    assert.deepEqual(answer.value.map(tell), [
      "start claude-3-haiku-20240307 msg_bdrk_01Ab null",
      "text Hello!",
      "usage 19 10 0 0 0",
      "finish stop",
    ]);
  });

  test("RTE-7 of others, and what is none, it is a fault", () => {
    for (const name of [
      "native-answer-nova.json",
      "answer-html.html",
      "answer-empty-object.json",
    ]) {
      const answer = decodeInvokeAnswer(recorded(name));
      assert.deepEqual([answer.ok, answer.ok || answer.fault.code], [false, "upstream_malformed"]);
    }
  });
});

test("WIR-11 usage as headers of a whole native answer, written and read again", () => {
  const usage = {
    input: 5,
    output: 7,
    cacheRead: 3,
    cacheWrite5m: 2,
    cacheWrite1h: 4,
    reasoning: 1,
  };
  const flat = writeMetricHeaders(usage, 900);
  const pairs = flat.flatMap((name, n) => (n % 2 === 0 ? [[name, flat[n + 1] ?? ""]] : []));
  assert.deepEqual(new Set(pairs.map(([name]) => name)), new Set(metricHeaders));
  const headers: Record<string, string> = Object.fromEntries(pairs);
  assert.equal(headers["x-amzn-bedrock-invocation-latency"], "900");
  // Of what was written to a cache the headers tell the sum.
  const read = { ...usage, cacheWrite5m: 6, cacheWrite1h: 0, reasoning: 0 };
  assert.deepEqual(readUsageHeaders(headers), read);
});
