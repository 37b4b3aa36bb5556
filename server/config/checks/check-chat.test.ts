import assert from "node:assert/strict";
import { test } from "node:test";
import { parseText } from "../loading/text-fixture.ts";

const target = "{ targets: [{ provider: p, model: x }] }";

/** Problems and warnings of a file with these models, and what the chat service calls there. */
function said(models: string, chat = ""): readonly [problems: string[], warnings: string[]] {
  const provider = 'p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" }';
  const outcome = parseText(`providers: { ${provider} }\nmodels: { ${models} }\n${chat}`);
  const problems = outcome.ok ? [] : outcome.problems;
  const warnings = outcome.ok ? outcome.warnings : [];
  return [problems.map(({ sentence }) => sentence), warnings.map(({ sentence }) => sentence)];
}

test("REF-9 a gateway whose file names no model for the chat is warned of it", () => {
  const warning = 'chat.model: "chat" is not under models; POST /chat answers 503 until it is';
  assert.deepEqual(said(`fast: ${target}`), [[], [warning]]);
  assert.deepEqual(said(`chat: ${target}`), [[], []]);
  assert.deepEqual(said('"ch*": { passThrough: { provider: p } }'), [[], []]);
});

test("REF-9 a model that was chosen for the chat has to be one", () => {
  const problem = 'chat.model: "fats" is not under models; the nearest is "fast"';
  assert.deepEqual(said(`fast: ${target}`, "chat: { model: fats }"), [[problem], []]);
  assert.deepEqual(said(`fast: ${target}`, "chat: { model: fast }"), [[], []]);
  const none = 'chat.model: "fast" is not under models; there are none';
  assert.deepEqual(said("", "chat: { model: fast }"), [[none], []]);
});

test("a model that judges inputs has to be one", () => {
  const chat = `chat: ${target}`;
  const problem = 'moderations.model: "chta" is not under models; the nearest is "chat"';
  assert.deepEqual(said(chat, "moderations: { model: chta }"), [[problem], []]);
  assert.deepEqual(said(chat, "moderations: { model: chat }"), [[], []]);
  assert.deepEqual(said(chat, "moderations: { model: null }"), [[], []]);
});
