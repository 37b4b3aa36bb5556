import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { recorded, tell } from "./answer-fixture.ts";
import { decodeAnswer, observeAnswer } from "./decode-answer.ts";

const start = "start  null null";
const usage = "usage 19 10 0 0 0";
const stop = "finish stop";

const table: Readonly<Record<string, readonly string[] | string>> = {
  "answer-plain.json": [start, "text Hello! 🌏", usage, stop],
  "answer-parallel-tool-calls.json": [
    start,
    "text I will look.",
    "toolStart 0 tooluse_A get_weather",
    'toolDelta 0 {"location":"Paris"}',
    "toolEnd 0",
    "toolStart 1 tooluse_B now",
    "toolDelta 1 {}",
    "toolEnd 1",
    usage,
    "finish tool",
  ],
  "answer-reasoning.json": [
    start,
    "reasoning Hm. Eq==",
    "reasoning  RW1wdHk=",
    "text 42",
    usage,
    stop,
  ],
  "answer-citations.json": [
    start,
    "text The grass ",
    "text is green.",
    'citation {"type":"page_location",',
    usage,
    stop,
  ],
  "answer-cached-usage.json": [start, "text Hi", "usage 3 10 2000 0 0", stop],
  "answer-stop-sequence-told.json": [start, "text One", usage, "finish stop END"],
  "answer-guardrail-intervened.json": [start, "text Sorry.", usage, "finish filter"],
  "answer-no-content.json": [start, usage, stop],
  "answer-malformed-model-output.json": "upstream_error",
  "answer-without-stop-reason.json": "upstream_cut",
  "answer-error-with-status-200.json": "upstream_rate_limited",
  "answer-unknown-operation.json": "upstream_malformed",
  "answer-empty-object.json": "upstream_malformed",
  "answer-html.html": "upstream_malformed",
};

describe("RTE-7 a whole answer is events, or a fault", () => {
  for (const [name, told] of Object.entries(table)) {
    test(name, () => {
      const answer = decodeAnswer(recorded(name));
      assert.deepEqual(answer.ok ? answer.value.map(tell) : answer.fault.code, told);
    });
  }

  test("nothing at all is malformed", () => {
    const answer = decodeAnswer(Buffer.alloc(0));
    assert.ok(!answer.ok);
    assert.deepEqual([answer.fault.code, answer.fault.verdict], ["upstream_malformed", "retry"]);
  });
});

describe("a whole answer that passes untouched", () => {
  const observed: Readonly<Record<string, readonly [finish: string, output: number] | string>> = {
    "answer-plain.json": ["stop", 10],
    "answer-parallel-tool-calls.json": ["tool", 10],
    "answer-cached-usage.json": ["stop", 10],
    "answer-guardrail-intervened.json": ["filter", 10],
    "answer-malformed-model-output.json": ["stop", 10],
    "answer-without-stop-reason.json": "upstream_cut",
    "answer-error-with-status-200.json": "upstream_rate_limited",
    "answer-empty-object.json": "upstream_malformed",
    "answer-html.html": "upstream_malformed",
  };
  for (const [name, row] of Object.entries(observed)) {
    test(name, () => {
      const answer = observeAnswer(recorded(name));
      const found = answer.ok
        ? [answer.value.finish, answer.value.usage?.output]
        : answer.fault.code;
      assert.deepEqual(found, row);
    });
  }
});
