import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProblems } from "../problem.ts";
import { showConfig } from "../loading/show-config.ts";
import { loaded, parseText, type World } from "../loading/text-fixture.ts";

const base = `env: prod
listen: { port: 1 }
providers:
  up:
    kind: openai-compatible
    baseUrl: http://127.0.0.1:9
    pool: { connections: 5, connectMs: 3000 }
  spare: { kind: openai-compatible, baseUrl: "http://127.0.0.1:8" }
models:
  fast:
    targets: [{ provider: up, model: a }, { provider: spare, model: b, priority: 1 }]
    timeouts: { attemptMs: 25000, totalMs: 60000 }
tenants: { t: {} }
`;

const withOverlay = (prod: string, world: World = {}): World => ({ ...world, overlays: { prod } });

const load = (prod: string) => loaded(base, withOverlay(prod)).config;

/** What is said of a file with this overlay that does not hold. */
const complaint = (prod: string, file: string = base): string => {
  const outcome = parseText(file, withOverlay(prod));
  return outcome.ok ? "" : describeProblems(outcome.problems);
};

test("OPS-3 maps are merged key by key, everything else takes the place of the file's", () => {
  const { providers, models, listen } = load(`
listen: { host: localhost }
providers: { up: { pool: { connections: 50 } } }
models: { fast: { targets: [{ provider: spare, model: c }] } }
`);
  assert.deepEqual([listen.host, listen.port], ["localhost", 1]);
  const { connections, connectMs } = providers["up"]?.pool ?? {};
  assert.deepEqual([connections, connectMs], [50, 3000]);
  assert.deepEqual(Object.keys(providers), ["up", "spare"]);
  const { fast } = models;
  assert.ok(fast !== undefined && "targets" in fast);
  assert.deepEqual(
    fast.targets.map(({ provider, model }) => [provider, model]),
    [["spare", "c"]],
  );
  assert.equal(fast.timeouts.attemptMs, 25_000);
});

test("OPS-3 an empty value counts as absent unless the key can be null", () => {
  const { listen, models, providers } = load(`
listen:
providers: { up: { pool: { connections: , connectMs: } } }
models: { fast: { timeouts: { attemptMs: null, totalMs: null } } }
`);
  assert.equal(listen.port, 1);
  const { connections, connectMs } = providers["up"]?.pool ?? {};
  assert.deepEqual([connections, connectMs], [5, 3000]);
  const { fast } = models;
  assert.ok(fast !== undefined && "targets" in fast);
  const { attemptMs, totalMs } = fast.timeouts;
  assert.deepEqual([attemptMs, totalMs], [null, 60_000]);
});

test("OPS-3 the overlay of the environment is read that settings name, else the file", () => {
  const overlays = {
    dev: "listen: { port: 2 }",
    staging: "listen: { port: 3 }",
    prod: "listen: { port: 4 }",
  };
  const setting = { path: ["env"], name: "SEKISHO_ENV", origin: "environment" } as const;
  const port = (text: string, value: string | null): number => {
    const settings = value === null ? [] : [{ ...setting, value }];
    return loaded(text, { overlays, settings }).config.listen.port;
  };
  assert.equal(port("listen: { port: 1 }", null), 2);
  assert.equal(port("env: staging", null), 3);
  assert.equal(port("env: staging", "prod"), 4);
  assert.equal(port("env:", null), 2);
  const named = loaded("env: '${WHERE:-staging}'", { overlays, variables: { WHERE: "prod" } });
  assert.equal(named.config.listen.port, 4);
  const none = loaded("listen: { port: 1 }", { overlays: { prod: "listen: { port: 4 }" } });
  assert.equal(none.config.listen.port, 1);
});

test("OPS-3 variables in an overlay are replaced, and take the type of their key", () => {
  const world = withOverlay("providers: { up: { pool: { connections: '${POOL:-7}' } } }");
  assert.equal(loaded(base, world).config.providers["up"]?.pool.connections, 7);
});

test("OPS-3 settings win over the overlay", () => {
  const settings = [
    { path: ["listen", "port"], value: "9", origin: "flag", name: "--port" },
  ] as const;
  const world = { ...withOverlay("listen: { port: 4 }"), settings };
  assert.equal(loaded(base, world).config.listen.port, 9);
});

test("CFG-3 each value is shown with the overlay or the file, and its line there", () => {
  const shown = showConfig(
    loaded(
      base,
      withOverlay(`listen:
providers:
  up:
    pool: { connections: 50 }
models:
  fast:
    targets:
      - { provider: spare, model: c }
`),
    ),
  );
  const place = (path: string) => {
    const { origin, line } = shown.find((each) => each.path === path) ?? {};
    return [origin, line];
  };
  assert.deepEqual(place("providers.up.pool.connections"), ["overlay", 4]);
  assert.deepEqual(place("providers.up.pool.connectMs"), ["file", 7]);
  assert.deepEqual(place("providers.up.pool.idleMs"), ["default", null]);
  assert.deepEqual(place("models.fast.targets[0].model"), ["overlay", 8]);
  assert.deepEqual(place("models.fast.targets[0].weight"), ["default", null]);
  assert.deepEqual(place("models.fast.timeouts.attemptMs"), ["file", 12]);
  assert.deepEqual(place("listen.port"), ["file", 2]);
});

test("OPS-3 a fault is told with the file in which it stands, and its line there", () => {
  const rows: readonly (readonly [overlay: string, said: string])[] = [
    [
      "\nlisten: { prot: 5 }",
      'sekisho.prod.yaml:2: listen.prot is unknown; the nearest key is "port"',
    ],
    [
      "providers: { up: { pool: { connections: 0 } } }",
      "sekisho.prod.yaml:1: providers.up.pool.connections: 0 is below the limit of 1",
    ],
    [
      "models:\n  fast:\n    targets: [{ provider: nobody, model: a }]",
      "sekisho.prod.yaml:3: models.fast.targets[0].provider",
    ],
    ["models: { slow: {} }", "sekisho.prod.yaml:1: models.slow.targets is missing"],
    ["log:\n  level: '${NONE}'", "sekisho.prod.yaml:2: log.level:"],
    ["a: [", "sekisho.prod.yaml:1: Cannot read the file:"],
    ["- a", "sekisho.prod.yaml:1: Cannot read the file: it is not a map of keys"],
    ["nobodys:", "sekisho.prod.yaml:1: nobodys is unknown"],
  ];
  for (const [overlay, said] of rows) {
    const all = complaint(overlay);
    assert.ok(all.startsWith(said), `${overlay}\n${all}\n${said}`);
  }
});

test("OPS-3 faults of both are told together, the file's first", () => {
  const said = complaint("\n\nlog: { level: loud }", `${base}log: { levle: info }\n`);
  const places = said.split("\n").map((line) => line.slice(0, line.indexOf(" ")));
  assert.deepEqual(places, ["sekisho.yaml:14:", "sekisho.prod.yaml:3:"]);
});

test("OPS-3 a key that the file lacks is told where its map stands, else in the file", () => {
  const file = base.replace("    baseUrl: http://127.0.0.1:9\n", "");
  const said = complaint("providers: { up: { pool: { connections: 50 } } }", file);
  assert.match(said, /^sekisho\.yaml:4: providers\.up\.baseUrl/);
});

test("OPS-3 an overlay cannot name the environment by which it was chosen", () => {
  assert.equal(
    complaint("listen: { port: 2 }\nenv: dev"),
    "sekisho.prod.yaml:2: env decides which overlay is read, and cannot stand in one",
  );
});

test("SEC-9 a secret of an overlay is a reference outside of dev", () => {
  const secret = (text: string) => `tenants: { t: { keys: [{ id: k, secret: "${text}" }] } }`;
  assert.match(complaint(secret("in-the-clear")), /^sekisho\.prod\.yaml:1: .*secret in plain text/);
  const world = withOverlay(secret("${KEY}"), { variables: { KEY: "canary-key" } });
  const outcome = parseText(`${base}\nchat: { model: fast }`, world);
  assert.deepEqual(outcome.ok && outcome.warnings, []);
});
