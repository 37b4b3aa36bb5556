import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigChange, applyOverrides, keysForRestart } from "./overrides.ts";
import { showConfig } from "./show-config.ts";
import { loaded, sourcesOf } from "./text-fixture.ts";

const world = { variables: { KEY: "from-variable" }, files: { k: "from-file" } };
const base = loaded(
  'providers: { p: { kind: openai, baseUrl: "http://127.0.0.1:1" } }\n' +
    "models:\n  fast: { targets: [{ provider: p, model: a }] }\n" +
    "  old: { targets: [{ provider: p, model: b }] }\n" +
    "tenants: { t: { budgets: [{ scope: key, window: day, usd: 5 }] } }\n",
  {
    ...world,
    settings: [{ path: ["log", "level"], value: "warn", origin: "flag", name: "--log-level" }],
  },
);

const apply = (...changes: ConfigChange[]) => applyOverrides(base, changes, sourcesOf(world));

const refusal = (...changes: ConfigChange[]): string[] => {
  const outcome = apply(...changes);
  return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
};

const applied = (...changes: ConfigChange[]) => {
  assert.deepEqual(refusal(...changes), []);
  const outcome = apply(...changes);
  assert.ok(outcome.ok);
  return outcome.value;
};

test("CFG-3 changes win over file and flag, the last of them over the others", () => {
  const { config } = applied(
    { path: "log.level", value: "debug" },
    { path: "models.fast.timeouts.totalMs", value: 1 },
    { path: "models.fast.timeouts.totalMs", value: 2 },
    { path: 'models["gpt-4.1"]', value: { targets: [{ provider: "p", model: "gpt-4.1" }] } },
    { path: "tenants.t.budgets", value: [{ scope: "key", window: "month", usd: 7 }] },
  );
  assert.equal(config.log.level, "debug");
  const { fast } = config.models;
  assert.equal(fast && "timeouts" in fast ? fast.timeouts.totalMs : null, 2);
  assert.ok("gpt-4.1" in config.models);
  assert.deepEqual(
    config.tenants["t"]?.budgets.map(({ usd }) => usd),
    [7],
  );
});

test("CFG-3 a change takes a name out, or gives a key its default back", () => {
  const { config } = applied(
    { path: "models.old", remove: true },
    { path: "log.level", remove: true },
  );
  assert.deepEqual(Object.keys(config.models), ["fast"]);
  assert.equal(config.log.level, "info");
  const same = applied({ path: "models.nobody.timeouts.totalMs", remove: true });
  assert.deepEqual(Object.keys(same.config.models), ["fast", "old"]);
});

test("CFG-3 a set that does not hold changes nothing, and says why", () => {
  const good: ConfigChange = { path: "log.level", value: "debug" };
  assert.deepEqual(refusal(good, { path: "models.fast.timeouts.totalMs", value: 0 }), [
    "models.fast.timeouts.totalMs: 0 is below the limit of 1",
  ]);
  assert.deepEqual(refusal(good, { path: "providers.p", remove: true }), [
    'models.fast.targets[0].provider: "p" is not under providers; there are none',
    'models.old.targets[0].provider: "p" is not under providers; there are none',
  ]);
  assert.equal(base.config.log.level, "warn");
  assert.deepEqual(applied().config, base.config);
});

test("CFG-3 what sockets, files and threads were opened by needs a restart", () => {
  const rule = "cannot change while running; change the file and restart";
  const rows: readonly [ConfigChange, string][] = [
    [{ path: "listen.port", value: 9 }, `listen.port ${rule}`],
    [{ path: "data", value: "x" }, `data ${rule}`],
    [{ path: "storage.profile", value: "embedded" }, `storage.profile ${rule}`],
    [{ path: "model.x", value: {} }, 'model.x is unknown; the nearest key is "models"'],
    [{ path: "constructor", value: {} }, 'constructor is unknown; the nearest key is "streams"'],
    [
      { path: "tenants.t.budgets[0].usd", value: 1 },
      "tenants.t.budgets[0].usd is inside a list; lists are changed as a whole",
    ],
    [{ path: "models..x", value: 1 }, '"models..x" is not a path'],
    [{ path: "", value: {} }, '"" is not a path'],
  ];
  for (const [change, sentence] of rows) assert.deepEqual(refusal(change), [sentence]);
});

test("SEC-9 a change names variables: no secret in plain text, no file of the machine", () => {
  const key = (secret: string): ConfigChange => ({
    path: "tenants.t.keys",
    value: [{ id: "k", secret }],
  });
  const name = "tenants.t.keys[0].secret";
  assert.equal(
    applied(key("env:KEY")).config.tenants["t"]?.keys[0]?.secret.reveal(),
    "from-variable",
  );
  assert.deepEqual(refusal(key("plain-secret")), [
    `${name} is a secret in plain text; use env:NAME or file:path`,
  ]);
  assert.deepEqual(refusal(key("file:k")), [
    `${name} names a file, which only the file of the configuration may do`,
  ]);
});

test("${NAME} in a change stays a text: variables are replaced in the file only", () => {
  assert.deepEqual(refusal({ path: "log.level", value: "${KEY}" }), [
    'log.level: "${KEY}" is not one of debug, info, warn, error',
  ]);
});

test("hostile changes are refused: keys of prototypes, depth, number", () => {
  assert.deepEqual(
    refusal({ path: "models", value: JSON.parse('{"__proto__":{"x":1}}') as unknown }),
    ["models.__proto__ is not a key that a map may have"],
  );
  assert.deepEqual(refusal({ path: 'models["__proto__"].x', value: 1 }), [
    "models.__proto__ is not a key that a map may have",
  ]);
  let deep: unknown = 1;
  for (let depth = 0; depth < 40; depth++) deep = [deep];
  assert.deepEqual(refusal({ path: "models.x", value: deep }), [
    "models is nested more than 32 deep",
  ]);
  const many = Array.from({ length: 10_001 }, () => ({ path: "log.level", value: "info" }));
  assert.deepEqual(refusal(...many), ["Cannot apply 10001 changes: the limit is 10000"]);
  assert.equal(({} as Record<string, unknown>)["x"], undefined);
});

test("CFG-3 origins tell what was changed, and only that", () => {
  const shown = showConfig(
    applied({ path: "models.new", value: { targets: [{ provider: "p", model: "c" }] } }),
  );
  const origin = (path: string) => shown.find((row) => row.path === path)?.origin;
  assert.equal(origin("models.new.targets[0].model"), "admin");
  assert.equal(origin("models.new.attempts.max"), "default");
  assert.equal(origin("models.fast.targets[0].model"), "file");
  assert.equal(origin("log.level"), "flag");
});

test("keysForRestart names what a reloaded file cannot change", () => {
  const before = loaded("listen: { port: 1 }");
  const after = loaded("listen: { port: 2, adminPort: 3 }\nlog: { level: debug }\ndata: ./data\n");
  assert.deepEqual(keysForRestart(before.config, after.config), [
    "listen.port",
    "listen.adminPort",
  ]);
  assert.deepEqual(keysForRestart(before.config, before.config), []);
});

test("SEC-13 a change at run time names no module, whatever the file names", () => {
  const withModule = loaded(
    'providers: { p: { kind: openai, baseUrl: "http://127.0.0.1:1" } }\n' +
      "models: { fast: { targets: [{ provider: p, model: a }], balance: ./file.ts } }\n",
    world,
  );
  const targets = [{ provider: "p", model: "a" }];
  const refusedBy = (change: ConfigChange): string[] => {
    const outcome = applyOverrides(withModule, [change], sourcesOf(world));
    return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
  };
  for (const balance of ["./other.ts", "./file.ts", "/tmp/other.mjs", "../x.js"]) {
    const why = `"${balance}" names a module, which only the file of the configuration may do`;
    for (const change of [
      { path: "models.fast.balance", value: balance },
      { path: "models.fast", value: { targets, balance } },
      { path: "models", value: { fast: { targets, balance } } },
    ]) {
      assert.deepEqual(refusedBy(change), [`models.fast.balance: ${why}`]);
    }
  }
  assert.deepEqual(refusedBy({ path: "models.fast.attempts.max", value: 2 }), []);
});
