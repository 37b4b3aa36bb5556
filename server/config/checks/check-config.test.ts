import assert from "node:assert/strict";
import { test } from "node:test";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import { loaded, sentences } from "../loading/text-fixture.ts";

const p = 'p: { kind: openai, baseUrl: "http://127.0.0.1:1" }';
const q = 'q: { kind: openai-compatible, baseUrl: "http://127.0.0.1:2" }';
const withModels = (models: string) => `providers: { ${p}, ${q} }\nmodels: { ${models} }`;
const withBudgets = (...windows: string[]) => {
  const budgets = windows.map((window) => `{ scope: key, window: ${window}, usd: 1 }`);
  return `tenants: { a: { budgets: [${budgets.join(", ")}] } }`;
};
const variables = { A: "secret-of-a", B: "secret-of-b" };

function check(rows: readonly (readonly [text: string, ...expected: string[]])[]): void {
  for (const [text, ...expected] of rows) {
    assert.deepEqual(sentences(text, { variables }), expected, text);
  }
}

test("SEC-11 a host that others can reach needs public: true", () => {
  const said = (host: string) =>
    `listen.host: "${host}" is open to other machines, which needs listen.public: true`;
  const real = `${p}\nmodels: {}`;
  check([
    [`listen: { host: 0.0.0.0 }\nproviders:\n  ${real}`, said("0.0.0.0")],
    [`listen: { host: gateway.example }\nproviders:\n  ${real}`, said("gateway.example")],
    [`listen: { host: "::" }\nproviders:\n  ${real}`, said("::")],
    [`listen: { host: 0.0.0.0, public: true }\nproviders:\n  ${real}`],
    ["listen: { host: 127.0.0.2 }"],
    ["listen: { port: 8080, adminPort: 8080 }", "listen.adminPort: 8080 is listen.port already"],
    ["listen: { port: 0, adminPort: 0 }"],
  ]);
});

test("SEC-11 the simulator is off on a public listener and beside real providers", () => {
  const auto = (name: string) =>
    `features.simulator: "auto" is off beside real providers and on a public listener, but ` +
    `providers.${name} needs it`;
  check([
    ["listen: { public: true }", auto("sim-us-east-1")],
    [`providers: { ${p}, s: { kind: simulator } }\nmodels: {}`, auto("s")],
    [`features: { simulator: true }\nproviders: { ${p}, s: { kind: simulator } }\nmodels: {}`],
    [
      "features: { simulator: false }",
      "features.simulator: false turns the simulator off, but providers.sim-us-east-1 needs it",
    ],
    [
      `providers: { ${p}, s: { kind: simulator, baseUrl: "http://127.0.0.1:3" } }\nmodels: {}\n` +
        "features: { simulator: false }",
    ],
  ]);
});

test("RTE-6 a target of one credential is not beside the target of all of them", () => {
  const two = "credentials: [{ id: main, apiKey: one }, { id: spare, apiKey: two }]";
  const withTargets = (...credentials: readonly (string | null)[]): string => {
    const all = credentials.map((each) => `{ provider: p, model: x, credential: ${each} }`);
    const models = `models: { m: { targets: [${all.join(", ")}] } }`;
    return `providers: { p: { kind: openai, ${two} } }\n${models}`;
  };
  const twins = "models.m.targets[1] is the same as targets[0]";
  check([
    [withTargets("main", "spare")],
    [withTargets("main", "main"), twins],
    [withTargets(null, "spare"), twins],
    [withTargets("main", null), twins],
  ]);
});

test("targets name providers that exist, once each, in an order that is kept", () => {
  check([
    [
      withModels("m: { targets: [{ provider: pp, model: x }] }"),
      'models.m.targets[0].provider: "pp" is not under providers; the nearest is "p"',
    ],
    [
      "providers: {}\nmodels: { m: { targets: [{ provider: p, model: x }] } }",
      'models.m.targets[0].provider: "p" is not under providers; there are none',
    ],
    [
      withModels('"m*": { passThrough: { provider: nobody } }'),
      'models.m*.passThrough.provider: "nobody" is not under providers; the nearest is "p"',
    ],
    [
      withModels(
        "m: { targets: [{ provider: p, model: x }, { provider: p, model: x }], balance: failover }",
      ),
      "models.m.targets[1] is the same as targets[0]",
    ],
    [
      withModels(
        "m: { targets: [{ provider: p, model: x, weight: 2 }, { provider: q, model: x }] }",
      ),
    ],
    [
      withModels("m: { targets: [{ provider: p, model: x, credential: main }] }"),
      'models.m.targets[0].credential: "main" is no credential of "p"; there are none',
    ],
    [
      withModels("m: { targets: [{ provider: p, model: x }], breaker: { openMs: 700000 } }"),
      "models.m.breaker.openMs: 700000 is above the limit of openMaxMs, 600000",
    ],
    [
      withModels(
        "m: { targets: [{ provider: p, model: x }, { provider: q, model: x }], balance: failover }",
      ),
    ],
    [withModels("m: { targets: [{ provider: p, model: x, weight: 2 }], balance: cheapest }")],
    [
      withModels(
        "m: { targets: " +
          "[{ provider: p, model: x, weight: 2 }, { provider: q, model: x, priority: 1 }] }",
      ),
    ],
  ]);
});

test("RTE-4 a split has arms with weights, which leave no choice themselves", () => {
  const one = "{ targets: [{ provider: p, model: x }] }";
  const two = `a: ${one}, b: ${one}`;
  const withSplit = (arms: string, more = "") =>
    withModels(`${two}, m: { split: { ${arms} } }${more}`);
  check([
    [withSplit("a: 20, b: 80")],
    [withSplit("a: 0, b: 0.5")],
    [withSplit("a: 1, c: 1", ", c: { chain: [b, a] }")],
    [withSplit("a: 1"), "models.m.split needs at least 2 arms"],
    [withSplit("a: 0, b: 0"), "models.m.split has no arm with a weight"],
    [withSplit("a: -1, b: 2"), "models.m.split.a: -1 is below the limit of 0"],
    [withSplit("a: 1, bb: 1"), 'models.m.split.bb: "bb" is not under models; the nearest is "b"'],
    [
      withSplit("a: 1, n: 1", ", n: { split: { a: 1, b: 1 } }"),
      'models.m.split.n: "n" leaves a choice; name what it leads to',
    ],
    [withSplit("a: 1, m: 1"), 'models.m.split.m: "m" leaves a choice; name what it leads to'],
    [
      withSplit("a: 1, b: 1", ", c: { chain: [a, m] }"),
      'models.c.chain[1]: "m" leaves a choice; name what it leads to',
    ],
    [
      withModels(`${two}, "m*": { split: { a: 1, b: 1 } }`),
      "models.m*.split cannot serve a wildcard; use passThrough",
    ],
    [
      withModels(`${two}, m: { split: { a: 1, b: 1 }, chain: [a, b] }`),
      "models.m: chain and split exclude each other",
    ],
  ]);
});

test("RTE-5 a choice leads to two aliases or chains, which leave none themselves", () => {
  const two =
    "a: { targets: [{ provider: p, model: x }] }, b: { targets: [{ provider: q, model: x }] }";
  const choice = (simple: string, strong: string, rest = "") =>
    `{ choose: complexity, simple: ${simple}, strong: ${strong}${rest} }`;
  const withChoice = (m: string, more = "") => withModels(`${two}, m: ${m}${more}`);
  check([
    [withChoice(choice("a", "b"))],
    [withChoice(choice("a", "c"), ", c: { chain: [b, a] }")],
    [withChoice("{ choose: complexity, simple: a }"), "models.m.strong is missing"],
    [
      withChoice("{ choose: complexity, simple: a, strong: b, attempts: { max: 1 } }"),
      'models.m.attempts is unknown; the nearest key is "simple"',
    ],
    [
      withChoice(choice("a", "bb")),
      'models.m.strong: "bb" is not under models; the nearest is "b"',
    ],
    [withChoice(choice("a", "a")), 'models.m.strong: "a" is `simple` already'],
    [
      withChoice(choice("a", "n"), `, n: ${choice("a", "b")}`),
      'models.m.strong: "n" leaves a choice; name what it leads to',
    ],
    [
      withChoice(choice("a", '"w*"'), ', "w*": { passThrough: { provider: p } }'),
      'models.m.strong: "w*" is a wildcard',
    ],
    [
      withChoice(choice("a", "b"), ", c: { chain: [a, m] }"),
      'models.c.chain[1]: "m" leaves a choice; name what it leads to',
    ],
    [
      withModels(`${two}, "m*": ${choice("a", "b")}`),
      "models.m*.choose cannot serve a wildcard; use passThrough",
    ],
    [
      withChoice(choice("a", "b", ", targets: [{ provider: p, model: x }]")),
      "models.m: choose and targets exclude each other",
    ],
    [
      withChoice(choice("a", "b", ", rule: { shortBelowChars: 60, longAboveChars: 58 }")),
      "models.m.rule.shortBelowChars: 60 is above longAboveChars, 58: " +
        "a message would be short and long",
    ],
    [
      withChoice(choice("a", "b", ", rule: { words: { strong: [''] } }")),
      'models.m.rule.words.strong[0]: "" is empty',
    ],
  ]);
});

test("RTE-1 a chain names aliases, each once, and ends", () => {
  const a = "a: { targets: [{ provider: p, model: x }] }";
  check([
    [withModels(`${a}, b: { targets: [{ provider: q, model: x }] }, m: { chain: [a, b] }`)],
    [
      withModels(`${a}, m: { chain: [a, aa] }`),
      'models.m.chain[1]: "aa" is not under models; the nearest is "a"',
    ],
    [
      withModels(`${a}, m: { chain: [a, a] }`),
      'models.m.chain[1]: "a" stands in the chain already',
    ],
    [
      withModels(`${a}, "w*": { passThrough: { provider: p } }, m: { chain: [a, "w*"] }`),
      'models.m.chain[1]: "w*" is a wildcard',
    ],
    [withModels(`${a}, m: { chain: [a, m] }`), "models.m.chain leads back to itself"],
    [withModels(`${a}, m: { chain: [a] }`), "models.m.chain: a list needs at least 2 aliases"],
    [
      withModels(`${a}, m: { chain: [a, a], targets: [{ provider: p, model: x }] }`),
      "models.m: chain and targets exclude each other",
    ],
    [
      withModels(`${a}, m: { passThrough: { provider: p }, chain: [a, a] }`),
      "models.m: chain and passThrough exclude each other",
    ],
  ]);
});

test("STR-13 a key does not outlast the answer that it stands for", () => {
  check([
    ["idempotency: { keepHours: 24 }"],
    ["idempotency: { keepHours: 48 }\nstreams: { keepHours: 48 }"],
    [
      "idempotency: { keepHours: 48 }",
      "idempotency.keepHours: 48 is more than streams.keepHours, 24",
    ],
  ]);
});

test("RTE-19 only what exists is drained", () => {
  const providers = "providers: { p: { kind: openai, baseUrl: http://127.0.0.1:1, region: eu } }";
  check([
    [`${providers}\ndrained: [eu, p]`],
    [
      `${providers}\ndrained: [us]`,
      'drained[0]: "us" is no region and no provider; the nearest is "eu"',
    ],
  ]);
});

test("a wildcard passes through, a name has targets", () => {
  check([
    [
      withModels('"m*": { targets: [{ provider: p, model: x }] }'),
      "models.m*.targets cannot serve a wildcard; use passThrough",
    ],
    [
      withModels("m: { passThrough: { provider: p } }"),
      "models.m.passThrough needs a * in the name; use targets",
    ],
    [
      withModels('"m*": { passThrough: { provider: p }, price: required, unpriced: allow }'),
      "models.m*.unpriced: allow contradicts price: required",
    ],
    [withModels('"mock.*": { passThrough: { provider: p }, unpriced: allow }')],
    [withModels('"mock.*": { passThrough: { provider: p }, price: required }')],
    [
      withModels(
        "m: { targets: [{ provider: p, model: x }], attempts: { backoffMs: 9, backoffMaxMs: 8 } }",
      ),
      "models.m.attempts.backoffMs: 9 is above the limit of backoffMaxMs, 8",
    ],
  ]);
});

test("keys, teams and limits of tenants do not contradict each other", () => {
  check([
    [
      "tenants: { a: { keys: [{ id: k, secret: env:A }] }, " +
        "b: { keys: [{ id: k, secret: env:B }] } }",
      'tenants.b.keys[0].id: "k" is tenants.a.keys[0].id already',
    ],
    [
      "tenants: { a: { keys: [{ id: k, secret: env:A, team: shop }] } }",
      'tenants.a.keys[0].team: "shop" is not under teams; there are none',
    ],
    [
      "tenants: { a: { teams: { shops: {} }, keys: [{ id: k, secret: env:A, team: shop }] } }",
      'tenants.a.keys[0].team: "shop" is not under teams; the nearest is "shops"',
    ],
    [withBudgets("day", "day"), "tenants.a.budgets[1] limits the same as budgets[0]"],
    [withBudgets("day", "month")],
    [
      "tenants: { a: { budgets: [{ scope: session, window: day, usd: 1 }] } }",
      "tenants.a.budgets[0].window is day, but a session has no window",
    ],
    ["tenants: { a: { budgets: [{ scope: session, inputTokens: 1 }] } }"],
    ["tenants: { a: { budgets: [{ scope: request, name: chat, totalTokens: 1 }] } }"],
    [
      "tenants: { a: { budgets: [{ scope: request, totalTokens: 1 }] } }",
      "tenants.a.budgets[0].name is missing: keys name it as their requestBudget",
    ],
    [
      "tenants: { a: { budgets: [{ scope: key, window: day, usd: 1, totalTokens: 1 }] } }",
      "tenants.a.budgets[0].totalTokens is for a budget of the scope request alone",
    ],
    [
      "tenants: { a: { keys: [{ id: k, secret: env:A, requestBudget: chat }], " +
        "budgets: [{ scope: request, name: chats, usd: 1 }] } }",
      'tenants.a.keys[0].requestBudget: "chat" is no request\'s budget here; ' +
        'the nearest is "chats"',
    ],
    [
      "tenants: { a: { budgets: [{ scope: user, window: day }] } }",
      "tenants.a.budgets[0] limits nothing: usd, inputTokens or outputTokens is needed",
    ],
    [
      "tenants: { a: { budgets: [{ scope: team, outputTokens: 1 }] } }",
      "tenants.a.budgets[0].window is missing: it must be one of day, month",
    ],
    [
      "tenants: { a: { rates: [{ scope: key, concurrent: 1 }, { scope: key, concurrent: 2 }] } }",
      "tenants.a.rates[1] limits the same as rates[0]",
    ],
    ["tenants: { a: { rates: [{ scope: key, concurrent: 1 }, { scope: user, concurrent: 2 }] } }"],
    [
      "tenants: { a: { rates: [{ scope: connection, burst: 5 }] } }",
      "tenants.a.rates[0] limits nothing: requestsPerSecond, tokensPerMinute or concurrent is " +
        "needed",
    ],
    [
      "tenants: { a: { keys: [{ id: loopback, secret: env:A }] } }",
      "tenants.a.keys[0].id is that of callers without a key",
    ],
    ["tenants: { operator: {} }", "tenants.operator is the tenant of admin keys"],
  ]);
});

test("the reserved tenants are those that admin keys and probes belong to", () => {
  for (const tenant of [operatorTenant, probeTenant]) {
    assert.match(sentences(`tenants: { ${tenant}: {} }`)[0] ?? "", / is the tenant of /);
  }
});

const probed = (probe: string): string => `
providers: { up: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9", probe: ${probe} } }
models:
  fast: { targets: [{ provider: up, model: small }] }
  "*": { passThrough: { provider: up }, unpriced: allow }
`;

test("RTE-14 probes ask models that are there", () => {
  check([
    [probed("{ kind: call, everyMs: 1000, model: small }")],
    [probed("{ kind: tcp, model: smal }")],
    [
      probed("{ kind: call, model: smal }"),
      'providers.up.probe.model: "smal" is no target\'s model at up; the nearest is "small"',
    ],
    [
      probed("{ kind: call }").replace("  fast: { targets: [{ provider: up, model: small }] }", ""),
      'providers.up.probe.kind: "call" needs a model with a target at up',
    ],
    [probed("{ kind: ping }"), 'providers.up.probe.kind: "ping" is not one of passive, tcp, call'],
  ]);
});

test("secrets of keys that are too short, or the same, are refused without showing them", () => {
  check([
    [
      "tenants: { a: { keys: [{ id: k, secret: short }] } }",
      "tenants.a.keys[0].secret has 5 characters, 8 to 512 allowed",
    ],
    [
      "tenants: { a: { keys: [{ id: k, secret: env:A }, { id: l, secret: env:A }] } }",
      "tenants.a.keys[1].secret is the same as tenants.a.keys[0].secret",
    ],
  ]);
});

test("CFG-2 a foreign server, an alias and a wildcard need nothing but a file", () => {
  const { config } = loaded(
    "providers: { mock: { kind: openai-compatible, baseUrl: http://127.0.0.1:9100 } }\n" +
      'models: { "mock*": { passThrough: { provider: mock }, unpriced: allow } }\n',
  );
  const provider = config.providers["mock"];
  const model = config.models["mock*"];
  assert.equal(provider?.baseUrl, "http://127.0.0.1:9100");
  assert.ok(model !== undefined && "passThrough" in model);
  assert.deepEqual(model.passThrough, { provider: "mock" });
  assert.ok("demo" in config.tenants);
});
