import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { geminiThinkingKey, ownWords } from "./own-words.ts";
import { base, write } from "../request-fixture.ts";

const enabled = (budget: number): object => ({
  thinking: { type: "enabled", budget_tokens: budget },
});

/** Gemini's `thinkingConfig`, the limit of the answer, and what Claude is told. */
const rows: readonly (readonly [config: object, maxTokens: number | null, own: object])[] = [
  [{}, null, {}],
  [{ includeThoughts: false }, null, {}],
  [{ includeThoughts: true }, null, enabled(1024)],
  [{ thinkingBudget: -1 }, null, {}],
  [{ thinkingBudget: -1, includeThoughts: true }, null, enabled(1024)],
  [{ thinkingBudget: 0, includeThoughts: true }, null, { thinking: { type: "disabled" } }],
  [{ thinkingBudget: 100 }, null, enabled(1024)],
  [{ thinkingBudget: 5000 }, 2000, enabled(5000)],
  [{ thinkingLevel: "low" }, null, enabled(1024)],
  [{ thinkingLevel: "MEDIUM" }, null, enabled(8192)],
  [{ thinkingLevel: "HIGH" }, null, enabled(24_576)],
  [{ thinkingLevel: "HIGH" }, 8192, enabled(4096)],
  [{ thinkingLevel: "OF_TOMORROW" }, null, {}],
];

describe("WIR-13 Gemini's thinking in Claude's words", () => {
  for (const [config, maxTokens, own] of rows) {
    test(`${JSON.stringify(config)} within ${maxTokens}`, () => {
      const rest = { [geminiThinkingKey]: config };
      assert.deepEqual(ownWords({ ...base, dialect: "gemini", maxTokens, rest }), own);
    });
  }

  test("stands in the body, and none of Gemini's own words do", () => {
    const rest = { [geminiThinkingKey]: { thinkingBudget: 2048 }, labels: { a: "b" } };
    const body = write({ dialect: "gemini", maxTokens: 4096, rest });
    assert.deepEqual(body["thinking"], { type: "enabled", budget_tokens: 2048 });
    assert.equal(body["labels"], undefined);
  });
});
