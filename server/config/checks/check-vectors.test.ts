import assert from "node:assert/strict";
import { test } from "node:test";
import { sentences } from "../loading/text-fixture.ts";

const provider = 'p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" }';

const alias = (...models: string[]): string =>
  models.map((model) => `{ provider: p, model: "${model}" }`).join(", ");

const said = (models: string): readonly string[] =>
  sentences(`providers: { ${provider} }\nmodels: { ${models} }`);

const titan = "amazon.titan-embed-text-v2:0";
const cohere = "cohere.embed-v4:0";

const mixed = (name: string, second = cohere): string =>
  `models.${name}: its vectors are of "${titan}" or of "${second}", which do not compare; ` +
  "leave one, or set mixedVectors: true";

test("RTE-6 a name has vectors of one model, unless it says otherwise", () => {
  assert.deepEqual(said(`a: { targets: [${alias(titan, cohere)}] }`), [mixed("a")]);
  assert.deepEqual(said(`a: { targets: [${alias(titan, cohere)}], mixedVectors: true }`), []);
  const links = `a: { targets: [${alias(titan)}] }, b: { targets: [${alias(cohere)}] }`;
  assert.deepEqual(said(`${links}, c: { chain: [a, b] }`), [mixed("c")]);
  assert.deepEqual(said(`${links}, c: { chain: [a, b], mixedVectors: true }`), []);
});

test("RTE-6 a model in several regions is one, and one that answers makes no vectors", () => {
  assert.deepEqual(said(`a: { targets: [${alias(cohere, `us.${cohere}`, `eu.${cohere}`)}] }`), []);
  assert.deepEqual(said(`a: { targets: [${alias(titan, "gpt-4-turbo")}] }`), []);
  assert.deepEqual(said(`a: { targets: [${alias("one-of-ours", "another-of-ours")}] }`), []);
  assert.deepEqual(said(`a: { targets: [${alias(titan, "bge-m3")}] }`), [mixed("a", "bge-m3")]);
});
