import assert from "node:assert/strict";
import { test } from "node:test";

import type { FinishReason } from "../canonical/event.ts";
import { readStopReason, writeStopReason } from "./finish-reason.ts";

const read: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  pause_turn: "length",
  compaction: "length",
  tool_use: "tool",
  refusal: "refusal",
  a_later_word: "stop",
};

for (const [word, reason] of Object.entries(read)) {
  test(`${word} is ${reason}`, () => assert.equal(readStopReason(word), reason));
}

test("what is no reason is none", () => {
  for (const value of [null, undefined, "", 5, {}]) assert.equal(readStopReason(value), null);
});

const written: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "refusal",
  refusal: "refusal",
  budget: "max_tokens",
  deadline: "max_tokens",
  cancelled: "max_tokens",
};

for (const [reason, word] of Object.entries(written)) {
  // The keys are finish reasons.
  test(`finish ${reason} is ${word}`, () => {
    assert.equal(writeStopReason(reason as FinishReason, null), word);
  });
}

test("a sequence that stopped the model is told as such", () => {
  assert.equal(writeStopReason("stop", "END"), "stop_sequence");
  assert.equal(writeStopReason("length", "END"), "max_tokens");
});
