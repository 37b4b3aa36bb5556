import assert from "node:assert/strict";
import { test } from "node:test";
import { parseText } from "../loading/text-fixture.ts";

const provider = 'p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" }';
const fast = "fast: { targets: [{ provider: p, model: x }] }";

/** What a file is warned of whose key may use these models. */
function warned(allowed: string, models = fast): readonly string[] {
  const key = `{ id: web, secret: "env:WEB", models: [${allowed}] }`;
  const tenants = `tenants: { acme: { keys: [${key}] } }`;
  const chat = "chat: { model: fast }";
  const text = `providers: { ${provider} }\nmodels: { ${models} }\n${tenants}\n${chat}`;
  const outcome = parseText(text, { variables: { WEB: "a-secret-of-web" } });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.warnings.map(({ sentence }) => sentence);
}

test("CFG-2 a file is warned of a name in an allow-list that no model has", () => {
  assert.deepEqual(warned("fast, fsat"), [
    'tenants.acme.keys[0].models[1]: "fsat" is no model; the nearest is "fast"',
  ]);
});

test("CFG-2 patterns, and names that a wildcard serves, are no slips", () => {
  assert.deepEqual(warned('fast, "later-*", "*"'), []);
  const wildcard = '"gpt-*": { passThrough: { provider: p } }';
  assert.deepEqual(warned("gpt-7, fast", `${fast}, ${wildcard}`), []);
});
