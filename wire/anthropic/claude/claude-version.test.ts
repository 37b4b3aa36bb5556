import assert from "node:assert/strict";
import { test } from "node:test";

import { claudeVersion, isClaudeFrom } from "./claude-version.ts";

const table: Readonly<Record<string, string>> = {
  "claude-opus-4-7": "4.7",
  "claude-opus-4-8-20260528": "4.8",
  "claude-sonnet-4-5-20250929": "4.5",
  "claude-sonnet-4-5@20250929": "4.5",
  "claude-sonnet-4-20250514": "4.0",
  "claude-3-5-sonnet-20241022": "3.5",
  "claude-3-opus-20240229": "3.0",
  "claude-opus-5": "5.0",
  "claude-fable-5-1": "5.1",
  "claude-haiku-10-2": "10.2",
  "anthropic.claude-opus-4-6-v1": "4.6",
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0": "4.5",
  "anthropic.claude-v2:1": "2.0",
  "anthropic/claude-opus-4.7": "4.7",
  "claude-instant-1.2": "1.2",
  "claude-mythos-preview": "Infinity.0",
  "claude-opus-latest": "Infinity.0",
  claude: "Infinity.0",
};

for (const [model, version] of Object.entries(table)) {
  test(`${model} is ${version}`, () => {
    const found = claudeVersion(model);
    assert.equal(`${found?.major}.${found?.minor}`, version);
  });
}

test("other models are no Claude of any version", () => {
  for (const model of ["gpt-5", "deepseek-chat", "not-a-claudette-4-7", ""]) {
    assert.equal(claudeVersion(model), null);
    assert.equal(isClaudeFrom(model, { major: 0, minor: 0 }), false);
  }
});

test("a version is compared by its numbers", () => {
  const from = { major: 4, minor: 7 };
  const models = ["claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-10", "claude-opus-5"];
  assert.deepEqual(
    models.map((model) => isClaudeFrom(model, from)),
    [false, true, true, true],
  );
});
