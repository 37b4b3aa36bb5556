import assert from "node:assert/strict";
import { test } from "node:test";
import { clientSurfaces } from "@sekisho/wire/admin/keys.ts";
import { describeProblems } from "../problem.ts";
import { loaded, parseText, sentences } from "./text-fixture.ts";

const provider = 'p: { kind: openai, baseUrl: "http://127.0.0.1:1" }';
const withModel = (model: string) => `providers: { ${provider} }\nmodels: { m: ${model} }`;
const withTenant = (tenant: string) => `tenants: { t: ${tenant} }`;

/** Every row: a file, and everything that is said about it. */
function check(rows: readonly (readonly [text: string, ...expected: string[]])[]): void {
  for (const [text, ...expected] of rows) assert.deepEqual(sentences(text), expected, text);
}

test("OPS-3 an unknown key is told the nearest right one", () => {
  check([
    ["listen: { prot: 1 }", 'listen.prot is unknown; the nearest key is "port"'],
    ["Listen: {}", 'Listen is unknown; the nearest key is "listen"'],
    ["port: 9000", 'port is unknown; the nearest key is "listen.port"'],
    ["log_level: info", 'log_level is unknown; the nearest key is "log"'],
    [
      withModel("{ target: [{ provider: p, model: x }] }"),
      'models.m.target is unknown; the nearest key is "targets"',
    ],
    [
      withModel("{ targets: [{ provider: p, modle: x }] }"),
      'models.m.targets[0].modle is unknown; the nearest key is "model"',
    ],
    [
      withModel("{ passThrough: { provder: p } }"),
      'models.m.passThrough.provder is unknown; the nearest key is "provider"',
    ],
    [
      'providers: { p: { kind: openai, baseURL: "http://127.0.0.1:1" } }',
      'providers.p.baseURL is unknown; the nearest key is "baseUrl"',
    ],
    [
      withTenant("{ teams: { a: { b: 1 } } }"),
      "tenants.t.teams.a.b is unknown; no key is allowed here",
    ],
  ]);
});

test("a value of the wrong type or beyond its limit names path, value and limit", () => {
  check([
    ["listen: { port: 70000 }", "listen.port: 70000 is above the limit of 65535"],
    ["listen: { port: -1 }", "listen.port: -1 is below the limit of 0"],
    ["listen: { port: 80.5 }", "listen.port: 80.5 is not a whole number"],
    ["listen: { port: eighty }", 'listen.port: "eighty" is not a whole number'],
    ["listen: { port: [80] }", "listen.port: a list is not a whole number"],
    ["listen: [8080]", "listen: a list is not a map"],
    ["listen: 8080", "listen: 8080 is not a map"],
    ["listen: { public: yes }", 'listen.public: "yes" is neither true nor false'],
    ["data: 5", "data: 5 is not a text"],
    ['data: ""', 'data: "" is empty'],
    ["env: test", 'env: "test" is not one of dev, staging, prod'],
    ["log: { level: trace }", 'log.level: "trace" is not one of debug, info, warn, error'],
    ["features: { simulator: on }", 'features.simulator: "on" is none of "auto", true and false'],
    [
      'listen: { host: "a b" }',
      'listen.host: "a b" is not a host: loopback, a name, or an IP address without brackets',
    ],
    ["models: []", "models: a list is not a map"],
    ["models: { m: 5 }", "models.m: 5 is not a map"],
    [withModel("{ targets: {} }"), "models.m.targets: a map is not a list"],
    [withModel("{ targets: [] }"), "models.m.targets: a list is empty"],
    [withModel("{}"), "models.m.targets is missing"],
    [
      withModel("{ targets: [{}] }"),
      "models.m.targets[0].provider is missing",
      "models.m.targets[0].model is missing",
    ],
    [
      withModel("{ targets: [{ provider: p, model: x }], attempts: { max: 0, backoffMs: -1 } }"),
      "models.m.attempts.max: 0 is below the limit of 1",
      "models.m.attempts.backoffMs: -1 is below the limit of 0",
    ],
  ]);
});

test("names, choices and kinds say what they may be", () => {
  check([
    [
      withTenant("{ budgets: [{ scope: key, window: week, usd: 5 }] }"),
      'tenants.t.budgets[0].window: "week" is not one of day, month',
    ],
    [
      withTenant("{ budgets: [{ scope: key, usd: 5 }] }"),
      "tenants.t.budgets[0].window is missing: it must be one of day, month",
    ],
    [
      withTenant("{ budgets: [{ scope: key, window: day, usd: 0.0000000001 }] }"),
      "tenants.t.budgets[0].usd: 1e-10 has more than 9 decimals",
    ],
    [
      withTenant("{ budgets: [{ scope: key, window: day, usd: 99999999999 }] }"),
      "tenants.t.budgets[0].usd: 99999999999 is above the limit of 9000000",
    ],
    [
      withTenant("{ keys: [{ id: k, secret: env:K, surfaces: [chats] }] }"),
      'tenants.t.keys[0].surfaces[0]: "chats" is not one of ' + clientSurfaces.join(", "),
    ],
    [
      'tenants: { "a b": {} }',
      'tenants["a b"] is not the name of a tenant: letters, digits and ._- only, at most 64',
    ],
    [
      'models: { "a b": {} }\nproviders: {}',
      'models["a b"] is not the name of a model: ' +
        "letters, digits and ._:/@+- (* in wildcards), at most 128",
    ],
    [
      'providers: { p: { kind: openai, baseUrl: "ftp://x" } }',
      'providers.p.baseUrl: "ftp://x" is not a base URL: ' +
        "http or https, without user, query and fragment",
    ],
    [
      "providers: { p: { kind: bedrok } }",
      'providers.p.kind: "bedrok" is not one of openai, openai-compatible, anthropic, bedrock, ' +
        "gemini, ai-sdk, simulator",
    ],
    [
      "providers: { p: {} }",
      "providers.p.kind is missing: it must be one of openai, openai-compatible, anthropic, " +
        "bedrock, gemini, ai-sdk, simulator",
    ],
    ["providers: { p: 5 }", "providers.p: 5 is not a map"],
    [
      "providers: { p: { kind: simulator, pool: { connections: many } } }",
      'providers.p.pool.connections: "many" is neither "auto" nor a whole number from 1 to 10000',
    ],
    [
      "tenants: { a: { keys: [{ id: k, secret: env:A, streamGraceMs: 3600001 }] } }",
      "tenants.a.keys[0].streamGraceMs: 3600001 is above the limit of 3600000",
    ],
    [
      'tenants: { a: { keys: [{ id: k, secret: env:A, tags: ["a;b"] }] } }',
      'tenants.a.keys[0].tags[0]: "a;b" is no tag: 1 to 32 letters, digits and ._-:',
      "tenants.a.keys[0].secret names the variable A, which is not set",
    ],
    [
      "prices: { override: { x: { inputUsdPerMillion: 3 } } }",
      "prices.override.x.outputUsdPerMillion is missing",
    ],
  ]);
});

test("a documented feature that is not there is refused by key, value and name", () => {
  const lacks = "which this version does not have";
  check([
    ["listen: { tls: { certFile: x } }", `listen.tls asks for TLS on the listener, ${lacks}`],
    ["log: { prompts: true }", `log.prompts: true asks for prompts in logs, ${lacks}`],
    [
      "storage: { profile: aws, region: us-east-1 }",
      `storage.profile: "aws" asks for storage in the AWS services, ${lacks}`,
      `storage.region: "us-east-1" asks for storage in the AWS services, ${lacks}`,
    ],
    [
      "storage: { profile: cluster }",
      `storage.profile: "cluster" asks for storage in PostgreSQL and Redis, ${lacks}`,
    ],
    ["streams: { chatFlushMs: 10 }", `streams.chatFlushMs: 10 asks for the chat surface, ${lacks}`],
    ["automation: { rules: [{}] }", `automation.rules asks for webhooks and events, ${lacks}`],
    [
      "automation: { sources: { shop: {} }, triggers: 1 }",
      `automation.sources.shop asks for webhooks and events, ${lacks}`,
      `automation.triggers: 1 asks for webhooks and events, ${lacks}`,
    ],
    [
      "manga: { models: { fast: other } }",
      `manga.models.fast: "other" asks for MangaAssist, ${lacks}`,
    ],
    [
      "providers: { s: { kind: simulator, http: h2 } }",
      `providers.s.http: "h2" asks for HTTP/2 towards providers, ${lacks}`,
    ],
  ]);
});

test("models and tenants never ask for what would silently not be done", () => {
  const one = "targets: [{ provider: p, model: x }]";
  check([
    [
      withModel("{ choose: lot, simple: fast, strong: quality }"),
      'models.m.choose: "lot" is not complexity',
    ],
    [
      withModel(`{ ${one}, balance: my-balancer.ts }`),
      'models.m.balance: "my-balancer.ts" is not one of round-robin, weighted, failover, p2c, ' +
        "least-busy, cheapest, nor the path of a module: ./balance.ts",
    ],
  ]);
});

test("the values that mean off, and the defaults, are accepted when they are written", () => {
  const { config } = loaded(
    "processes: 1\nlisten: { tls: null }\n" +
      "automation: { sources: {}, rules: [], queues: {}, smtp: null }\nmanga: { catalog: seed }\n",
  );
  assert.deepEqual(config.automation.rules, []);
});

test("all problems of a file are reported at once, by line", () => {
  const outcome = parseText("manga: { catalog: x }\nenv: x\n\nlisten:\n  prot: 1\n  port: -1\n");
  assert.equal(
    outcome.ok ? "" : describeProblems(outcome.problems),
    'sekisho.yaml:1: manga.catalog: "x" asks for MangaAssist, which this version does not have\n' +
      'sekisho.yaml:2: env: "x" is not one of dev, staging, prod\n' +
      'sekisho.yaml:5: listen.prot is unknown; the nearest key is "port"\n' +
      "sekisho.yaml:6: listen.port: -1 is below the limit of 0",
  );
});

test("thousands of problems end in a sentence, quickly", () => {
  const wrong = Array.from({ length: 5000 }, (_, at) => `  t${at}: { x: 1 }\n`).join("");
  const said = sentences(`tenants:\n${wrong}`);
  assert.equal(said.length, 201);
  assert.equal(said.at(-1), "… and 4800 problems more");
});

test("an empty value counts as absent", () => {
  const { config } = loaded(
    "listen:\nlog: { level: }\nproviders:\nmodels:\ntenants: { t: { teams: { a: } } }\n",
  );
  assert.equal(config.listen.port, 8080);
  assert.equal(config.log.level, "info");
  assert.ok("fast" in config.models);
  assert.deepEqual(config.tenants["t"]?.teams, { a: {} });
  assert.deepEqual(sentences("models: { m: }\nproviders: {}"), ["models.m.targets is missing"]);
});

test("REF-18 a text from a variable becomes what the key wants", () => {
  const variables = { PORT: "9001", PUBLIC: "true", NONE: "", ID: "12345" };
  const { config } = loaded(
    'listen: { port: "${PORT}", public: "${PUBLIC}", adminPort: "${NONE:-}" }\n' +
      'data: ${ID}\nprocesses: ${N:-1}\nfeatures: { simulator: "${PUBLIC}" }\n',
    { variables },
  );
  assert.deepEqual(
    [config.listen.port, config.listen.public, config.listen.adminPort, config.data],
    [9001, true, null, "12345"],
  );
  assert.equal(config.features.simulator, true);
  assert.deepEqual(sentences("processes: ${PORT}", { variables }), [
    'processes: "${PORT}" is above the limit of 64',
  ]);
});

test("SEC-9 no sentence shows a secret, wherever it was put", () => {
  const canary = "canary-4711";
  const files = [
    `providers: { p: { kind: openai, credentials: [{ id: a, apiKey: [${canary}] }] } }`,
    `providers: { p: { kind: openai, credentials: [{ id: a, apikey: ${canary} }] } }`,
    `providers: { p: { kind: openai, credentials: [{ id: a, bearer: ${canary} }] } }`,
    `providers: { p: { kind: openai, credentials: ${canary} } }`,
    ...[
      `kind: anthropic, credentials: [{ id: a, sigv4: { accessKeyId: ${canary} } }]`,
      `kind: bedrock, region: us-east-1, credentials: [{ id: a, apiKey: ${canary} }]`,
      `kind: bedrock, region: us-east-1, credentials: [{ id: a, sigv4: ${canary} }]`,
      `kind: bedrock, region: us-east-1, credentials: [{ id: a, chain: ${canary} }]`,
      `kind: bedrock, region: us-east-1, credentials: [{ id: a, bearer: [${canary}] }]`,
    ].map((provider) => `providers: { p: { ${provider} } }`),
    `env: prod\nproviders: { p: { kind: anthropic, credentials: [{ id: a, bearer: ${canary} }] } }`,
    `providers: { p: { kind: openai, baseUrl: "http://user:${canary}@host" } }`,
    `providers: { p: { kind: openai, baseUrl: sk-${canary} } }`,
    'providers: { p: { kind: openai, baseUrl: "${KEY}" } }',
    'listen: { port: "${KEY}" }',
    `tenants: { t: { keys: [{ id: k, secret: "${canary} with blanks" }] } }`,
    'tenants: { t: { keys: [{ id: k, secret: "${KEY} x" }] } }',
    `env: prod\ntenants: { t: { keys: [{ id: k, secret: ${canary} }] } }`,
    `tenants: { t: { keys: [{ id: a, secret: ${canary} }], secret: ${canary} } }`,
  ];
  for (const text of files) {
    const said = sentences(text, { variables: { KEY: canary } });
    assert.notDeepEqual(said, [], text);
    assert.ok(!said.join().includes(canary), said.join());
  }
});
