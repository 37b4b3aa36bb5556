import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { type ConfigPath, formatPath, parsePath } from "../config-path.ts";
import { BlindSpots } from "./blind-spots.ts";
import { placedValue } from "./placed-value.ts";
import { configSchema } from "../schema.ts";
import { leavesOf } from "../schema/schema-walk.ts";
import { parseText, sentences } from "../loading/text-fixture.ts";

const provider = 'p: { kind: openai, baseUrl: "http://127.0.0.1:1" }';

test("OPS-3 faults of variables, shape, names, secrets and contradictions are told at once", () => {
  const text = `
data: "\${NOWHERE}"
listen: { prot: 1, host: 0.0.0.0 }
log: { level: loud }
providers:
  ${provider}
  q: { kind: openai, baseUrl: "http://127.0.0.1:2", credentials: [{ id: a, apiKey: env:NONE }] }
models:
  fast: { targets: [{ provider: pp, model: x, wieght: 2 }] }
  chat: { targets: [{ provider: p, model: x }], attempts: { max: 0 } }
  back: { chain: [fast, chta] }
chat: { model: caht }
tenants:
  t: { keys: [{ id: k, secret: env:SHORT, team: nobody }, { id: k, secret: env:NONE }] }
  u: { budgets: [{ scope: key, window: week, usd: 1 }], keys: [{ id: u, secret: env:LONG }] }
`;
  const variables = { SHORT: "short", LONG: "a".repeat(40) };
  assert.deepEqual(sentences(text, { variables }), [
    'data: "${NOWHERE}" names the variable NOWHERE, which is not set; ' +
      "${NOWHERE:-…} gives it a default",
    'listen.prot is unknown; the nearest key is "port"',
    'log.level: "loud" is not one of debug, info, warn, error',
    "providers.q.credentials[0].apiKey names the variable NONE, which is not set",
    'models.fast.targets[0].wieght is unknown; the nearest key is "weight"',
    'models.fast.targets[0].provider: "pp" is not under providers; the nearest is "p"',
    "models.chat.attempts.max: 0 is below the limit of 1",
    'models.back.chain[1]: "chta" is not under models; the nearest is "chat"',
    'chat.model: "caht" is not under models; the nearest is "chat"',
    'tenants.t.keys[0].team: "nobody" is not under teams; there are none',
    'tenants.t.keys[1].id: "k" is tenants.t.keys[0].id already',
    "tenants.t.keys[1].secret names the variable NONE, which is not set",
    "tenants.t.keys[0].secret has 5 characters, 8 to 512 allowed",
    'tenants.u.budgets[0].window: "week" is not one of day, month',
  ]);
});

/** Every row: a file, and everything that is said about it. */
function check(rows: readonly (readonly [text: string, ...expected: string[]])[]): void {
  for (const [text, ...expected] of rows) assert.deepEqual(sentences(text), expected, text);
}

test("OPS-3 a name is not missed where it stands, but cannot be read", () => {
  const kinds = "openai, openai-compatible, anthropic, bedrock, gemini, ai-sdk, simulator";
  const target = "{ targets: [{ provider: p, model: x }] }";
  check([
    [
      `providers: { p: { kind: opneai } }\nmodels: { m: ${target} }`,
      `providers.p.kind: "opneai" is not one of ${kinds}`,
    ],
    [
      `providers: { p: 5 }\nmodels: { m: { targets: [{ provider: p, model: x, credential: c }] } }`,
      "providers.p: 5 is not a map",
    ],
    [
      `providers: { ${provider} }\nmodels: { m: 5, n: { chain: [m, o] }, o: ${target} }\n` +
        "chat: { model: m }",
      "models.m: 5 is not a map",
    ],
    [
      `providers: { ${provider} }\n` +
        `models: { m: { targets: 7 }, s: { split: { m: 1, o: 1 } }, o: ${target} }`,
      "models.m.targets: 7 is not a list",
    ],
    [
      `providers: { ${provider} }\nmodels: { m: ${target} }\n` +
        "tenants: { t: { teams: 5, budgets: 5, " +
        "keys: [{ id: k, secret: env:K, team: a, requestBudget: b }] } }",
      "tenants.t.teams: 5 is not a map",
      "tenants.t.budgets: 5 is not a list",
      "tenants.t.keys[0].secret names the variable K, which is not set",
    ],
    [
      'tenants: { t: { budgets: "[{scope: team, window: day}]" } }',
      'tenants.t.budgets: "[{scope: team, window: day}]" is not a list',
    ],
    [`providers: 5\nmodels: { m: ${target} }`, "providers: 5 is not a map"],
    [
      `providers: { ${provider} }\nmodels: { "ch*": 5 }\n` +
        "chat: { model: chat }\nmoderations: { model: chat }",
      "models.ch*: 5 is not a map",
    ],
  ]);
});

test("OPS-3 what stands under a misspelt key is not missed", () => {
  const target = "{ targets: [{ provider: p, model: x }] }";
  check([
    [
      `provider: { ${provider} }\nmodels: { m: ${target} }\ndrained: [p]`,
      'provider is unknown; the nearest key is "providers"',
    ],
    [
      `providers: { ${provider} }\nmodles: { m: ${target} }\nchat: { model: m }\n` +
        "moderations: { model: m }\nlog: { lvel: info }",
      'modles is unknown; the nearest key is "models"',
      'log.lvel is unknown; the nearest key is "level"',
    ],
    [
      "host: 0.0.0.0\nlisten: { adminPort: 9000 }\nport: 9000",
      'host is unknown; the nearest key is "listen.host"',
      'port is unknown; the nearest key is "listen.port"',
    ],
    [
      "tenants: { t: { team: { a: {} }, keys: [{ id: k, secret: env:K, team: a }] } }",
      'tenants.t.team is unknown; the nearest key is "teams"',
      "tenants.t.keys[0].secret names the variable K, which is not set",
    ],
    [
      `providers: { ${provider} }\nmodels: { m: { target: [{ provider: q, model: x }] } }`,
      'models.m.target is unknown; the nearest key is "targets"',
    ],
  ]);
});

test("OPS-3 values that contradict one that cannot be read are no fault yet", () => {
  const withModel = (rest: string) =>
    `providers: { ${provider} }\nmodels: { m: { targets: [{ provider: p, model: x }], ${rest} } }`;
  check([
    [
      "listen: { host: 0.0.0.0, public: maybe }",
      'listen.public: "maybe" is neither true nor false',
    ],
    [
      withModel("attempts: { backoffMs: 20000, backoffMaxMs: long }"),
      'models.m.attempts.backoffMaxMs: "long" is not a whole number',
    ],
    [
      withModel("cache: { semantic: true }") + "\ncache: { semantic: { modle: embed } }",
      'cache.semantic.modle is unknown; the nearest key is "model"',
    ],
    [
      "processes: many\nfeatures: { testEndpoints: true }",
      'processes: "many" is not a whole number',
    ],
    [
      "idempotency: { keepHours: 24 }\nstreams: { keepHours: little }",
      'streams.keepHours: "little" is not a whole number',
    ],
  ]);
});

test("OPS-3 variables without a value hide neither the overlay's faults nor the file's", () => {
  const file = 'env: "${WHERE}"\nlog: { level: "${LEVEL}" }\nlisten: { prot: 1 }';
  const said = sentences(file, { overlays: { dev: "data: 5" } });
  assert.equal(said.length, 3, "nobody knows which overlay it is");
  const known = sentences(file.replace("${WHERE}", "prod"), {
    overlays: { prod: 'env: dev\ndata: "${DATA}"\nstreams: { keepHours: 0.5 }' },
  });
  assert.deepEqual(
    known.map((sentence) => sentence.split(" ", 1)[0]),
    ["log.level:", "listen.prot", "env", "data:", "streams.keepHours:"],
  );
});

/** Everything in it that is said of something else, or compared with it. */
const woven = `
listen: { host: 0.0.0.0, public: true, port: 8080, adminPort: 8081 }
processes: 1
features: { simulator: false, testEndpoints: true }
drained: [eu-1, q]
providers:
  p:
    kind: openai
    region: eu-1
    baseUrl: "http://127.0.0.1:1"
    credentials: [{ id: a, apiKey: env:A }]
  q: { kind: openai-compatible, baseUrl: "http://127.0.0.1:2", probe: { kind: call, model: x } }
  s:
    kind: simulator
    dialect: anthropic
    baseUrl: "http://127.0.0.1:3"
    credentials: [{ id: b, apiKey: env:B }]
models:
  fast:
    targets: [{ provider: p, model: x, credential: a }, { provider: q, model: x }]
    attempts: { backoffMs: 20000, backoffMaxMs: 30000 }
    breaker: { openMs: 700000, openMaxMs: 800000 }
    history: summarise
    summary: { model: quality }
    cache: { semantic: true }
  quality: { targets: [{ provider: s, model: y }] }
  back: { chain: [fast, quality] }
  auto:
    choose: complexity
    simple: fast
    strong: back
    rule: { shortBelowChars: 150, longAboveChars: 150 }
  ab: { split: { fast: 1, quality: 0 }, canary: { steps: [60, 100] } }
  embed: { targets: [{ provider: p, model: text-embedding-3-small }] }
  "any*": { passThrough: { provider: q }, unpriced: allow }
chat: { model: back }
moderations: { model: quality }
cache: { semantic: { model: embed } }
idempotency: { keepHours: 30 }
streams: { keepHours: 40 }
prices:
  override:
    x:
      inputUsdPerMillion: 1
      outputUsdPerMillion: 2
      bands:
        - { overPromptTokens: 10, inputUsdPerMillion: 2, outputUsdPerMillion: 3 }
        - { overPromptTokens: 20, inputUsdPerMillion: 3, outputUsdPerMillion: 4 }
tenants:
  t:
    teams: { a: {} }
    budgets: [{ scope: request, name: one, usd: 1 }, { scope: key, window: day, usd: 1 }]
    rates: [{ scope: key, requestsPerSecond: 5 }]
    keys: [{ id: k, secret: env:C, team: a, requestBudget: one }]
issuers:
  i: { issuer: "https://i.example", audience: me, tenant: t, requestBudget: one }
`;

/** What no key takes, or few do. */
const wrong: readonly unknown[] = [[], {}, -1.5, "\u0007", [[{}]], undefined];

test("OPS-3 one value that cannot be read is one fault, whatever hangs on it", () => {
  const variables = { A: "a".repeat(40), B: "b".repeat(40), C: "c".repeat(40) };
  assert.deepEqual(sentences(woven, { variables }), []);
  const tree: unknown = parse(woven);
  const places = new Map<string, ConfigPath>();
  for (const { path } of leavesOf(tree)) {
    for (const at of path.keys()) {
      const place = path.slice(0, at + 1);
      places.set(formatPath(place), place);
    }
  }
  let tried = 0;
  for (const [name, place] of places) {
    for (const value of wrong) {
      if (value === undefined && typeof place.at(-1) === "number") continue;
      const faulty = placedValue(tree, place, value);
      // Of what can be read, other places may be at fault.
      if (configSchema.safeParse(faulty).success) continue;
      tried += 1;
      const outcome = parseText(JSON.stringify(faulty), { variables });
      const problems = outcome.ok ? [] : outcome.problems;
      const blind = new BlindSpots();
      // Without the key that says what a map is, another one of it is missed.
      blind.add(value === undefined ? place.slice(0, -1) : place);
      const others = problems.filter(({ path }) => !blind.touches(parsePath(path) ?? []));
      const what = `${name} = ${JSON.stringify(value)}`;
      assert.deepEqual(
        others.map(({ sentence }) => sentence),
        [],
        what,
      );
      assert.ok(problems.length > 0, what);
    }
  }
  assert.ok(tried > 300, String(tried));
});

test("SEC-4 of a file that is wrong everywhere no more is looked at than is told", () => {
  const keys = Array.from({ length: 1_000 }, (_, n) => `key-${n}: 1`);
  const said = sentences([...keys, "chat: { model: nobody }"].join("\n"));
  assert.equal(said.length, 201);
  assert.equal(said.at(-1), "… and 800 problems more");
  const variables = Array.from({ length: 1_000 }, (_, n) => `key-${n}: "\${NONE}"`);
  assert.equal(sentences(variables.join("\n")).at(-1), "… and 800 problems more");
});
