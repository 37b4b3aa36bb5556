import assert from "node:assert/strict";
import { test } from "node:test";
import { applyOverrides } from "./overrides.ts";
import { loaded, parseText, sentences, sourcesOf } from "./text-fixture.ts";

const canary = "canary-4711";
const variables = { VALUE: canary, MODEL: "fast", N: "4711", HOUR: "99" };
const said = (text: string): string[] => sentences(text, { variables });

const up = 'p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" }';
const target = "{ provider: p, model: a }";
const traffic = (more: string, model = `{ targets: [${target}] }`): string =>
  `providers: { ${up} }\nmodels: { fast: ${model} }\n${more}`;
const aliasOf = (rest: string): string => traffic("", `{ targets: [${target}], ${rest} }`);

test("SEC-9 the fault of a name that came from a variable has the variable", () => {
  assert.deepEqual(said(traffic('chat: { model: "${VALUE}" }')), [
    'chat.model: "${VALUE}" is not under models; the nearest is "fast"',
  ]);
  assert.deepEqual(said(traffic('chat: { model: "my-${VALUE}-${MODEL}" }')), [
    'chat.model: "my-${VALUE}-${MODEL}" is not under models; the nearest is "fast"',
  ]);
  assert.deepEqual(said('listen: { port: "${VALUE}" }'), [
    'listen.port: "${VALUE}" is not a whole number',
  ]);
  assert.deepEqual(said('processes: "${N}"'), ['processes: "${N}" is above the limit of 64']);
});

/** Each quotes what stands at its path, or elsewhere. */
const files: readonly string[] = [
  'listen: { host: "${VALUE}" }',
  traffic('moderations: { model: "${VALUE}" }'),
  traffic('cache: { semantic: { model: "${VALUE}" } }'),
  traffic('drained: ["${VALUE}"]'),
  traffic("", '{ targets: [{ provider: "${VALUE}", model: a }] }'),
  traffic("", '{ targets: [{ provider: p, model: a, credential: "${VALUE}" }] }'),
  traffic("", '{ chain: ["${VALUE}", "x-${VALUE}"] }'),
  traffic("", '{ choose: complexity, simple: "${VALUE}", strong: "${VALUE}" }'),
  aliasOf('history: summarise, summary: { model: "${VALUE}" }'),
  aliasOf('balance: "./${VALUE}/${VALUE}"'),
  traffic('prices: { book: "./${VALUE}.yaml" }'),
  traffic('prices: { book: "${VALUE}/prices.yaml" }'),
  traffic('prices: { book: "../${VALUE}.yaml" }'),
  'tenants: { t: { keys: [{ id: k, secret: "file:/run/${VALUE}/key" }] } }',
  'tenants: { t: { keys: [{ id: k, secret: "env:A_${N}" }] } }',
  'tenants: { t: { keys: [{ id: "${VALUE}", secret: "env:A" }, { id: "${VALUE}", secret: x }] } }',
  'tenants: { t: { keys: [{ id: k, secret: "env:VALUE", team: "${VALUE}" }] } }',
  'tenants: { t: { keys: [{ id: k, secret: "env:VALUE", requestBudget: "${VALUE}" }] } }',
  'tenants: { t: { budgets: [{ scope: key, window: day, usd: 1, name: "${VALUE}" }] } }',
  'idempotency: { keepHours: "${HOUR}" }\nstreams: { keepHours: 1 }',
  aliasOf('breaker: { openMs: "${N}", openMaxMs: 5 }'),
  aliasOf('attempts: { backoffMs: 9000, backoffMaxMs: "${N}" }'),
  traffic('providers: { q: { kind: openai, region: "${VALUE}" } }\ndrained: [x]').replace(
    `providers: { ${up} }\n`,
    "",
  ),
  `providers: { ${up.replace(" }", ', probe: { kind: call, model: "${VALUE}" } }')} }\n` +
    `models: { fast: { targets: [${target}] } }`,
];

for (const text of files) {
  test(`SEC-9 no value of a variable is in a fault of ${text.replaceAll("\n", " ")}`, () => {
    const all = said(text);
    assert.notDeepEqual(all, []);
    assert.doesNotMatch(all.join(), /Cannot read the file/);
    for (const value of [canary, "4711", "is 99", ": 99"]) {
      assert.ok(!all.join("\n").includes(value), all.join("\n"));
    }
    assert.ok(all.some((each) => each.includes("${")) || text.includes("region"), all.join("\n"));
  });
}

test("SEC-9 what the file has in plain text too is shown", () => {
  const text = 'chat: { model: "${MODEL}" }\nmoderations: { model: fats }';
  assert.deepEqual(said(traffic(text)), [
    'moderations.model: "fats" is not under models; the nearest is "fast"',
  ]);
});

test("SEC-9 a warning has the variable too", () => {
  const keys = 'keys: [{ id: k, secret: "env:LONG", models: ["${VALUE}"] }]';
  const outcome = parseText(traffic(`tenants: { t: { ${keys} } }`), {
    variables: { ...variables, LONG: "k".repeat(32) },
  });
  assert.ok(outcome.ok);
  assert.ok(
    outcome.warnings.some(({ sentence }) => sentence.includes('models[0]: "${VALUE}" is no model')),
  );
});

test("SEC-9 a setting is shown as it was set, where the file names a variable", () => {
  const world = { variables: { ...variables, KEY: "k".repeat(32), LEVEL: "info" } };
  const keys = 'keys: [{ id: k, secret: "${KEY}" }]';
  const base = loaded(`log: { level: "\${LEVEL}" }\ntenants: { t: { ${keys} } }`, world);
  const refused = (path: string, value: unknown): string[] => {
    const outcome = applyOverrides(base, [{ path, value }], sourcesOf(world));
    return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
  };
  assert.deepEqual(refused("log.level", "loud"), [
    'log.level: "loud" is not one of debug, info, warn, error',
  ]);
  // It would be stored as it is.
  assert.deepEqual(refused("tenants.t.keys", [{ id: "k", secret: "p".repeat(32) }]), [
    "tenants.t.keys[0].secret is a secret in plain text; use env:NAME or file:path",
  ]);
});
