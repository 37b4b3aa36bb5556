import assert from "node:assert/strict";
import { test } from "node:test";
import { parseText, sentences } from "../loading/text-fixture.ts";

const providers =
  'providers: { p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" }, ' +
  'k: { kind: ai-sdk, package: "@ai-sdk/mistral" } }\n';

const models = [
  "chat: { targets: [{ provider: p, model: gpt-4 }] }",
  "embed: { targets: [{ provider: p, model: text-embedding-3-small }] }",
  "also: { targets: [{ provider: p, model: text-embedding-3-small }] }",
  "either: { chain: [embed, chat] }",
  "both: { chain: [embed, also] }",
  '"text-*": { passThrough: { provider: p } }',
].join(", ");

const judgedBy = (model: string): readonly string[] =>
  sentences(`${providers}models: { ${models} }\nmoderations: { model: ${model} }`);

test("a model that makes vectors is refused as a judge", () => {
  const refused = (model: string): string[] => [
    `moderations.model: "${model}" makes vectors; what judges is a chat model`,
  ];
  for (const model of ["embed", "both", "text-embedding-3-large"]) {
    assert.deepEqual(judgedBy(model), refused(model));
  }
  for (const model of ["chat", "either", "text-davinci"]) assert.deepEqual(judgedBy(model), []);
});

test("a target of a package that is to make vectors is warned of", () => {
  const outcome = parseText(
    `${providers}models: { chat: { targets: [{ provider: k, model: mistral-small }] }, ` +
      "embed: { targets: [{ provider: k, model: text-embedding-3-small }] } }",
  );
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.deepEqual(
    outcome.warnings.map(({ sentence }) => sentence),
    [
      'models.embed.targets[0]: "text-embedding-3-small" makes vectors; ' +
        "a provider of kind ai-sdk gives none",
    ],
  );
});
