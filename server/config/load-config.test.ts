import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigFlags, readEnvironment } from "./environment.ts";
import { loadConfig } from "./load-config.ts";
import type { Outcome } from "./problem.ts";
import type { LoadedConfig } from "./resolve-config.ts";
import { diskOf } from "./text-fixture.ts";

interface Machine {
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly flags?: ConfigFlags;
}

const load = ({ files = {}, variables = {}, flags = {} }: Machine): Outcome<LoadedConfig> =>
  loadConfig({ environment: readEnvironment(variables), flags, readFile: diskOf(files) });

const port = (machine: Machine): number | string => {
  const outcome = load(machine);
  return outcome.ok ? outcome.value.config.listen.port : (outcome.problems[0]?.sentence ?? "");
};

const file = { "sekisho.yaml": "listen: { port: 1 }\n" };

test("OPS-3 later wins: default, file, environment, flag", () => {
  const variables = { SEKISHO_PORT: "2" };
  assert.equal(port({}), 8080);
  assert.equal(port({ files: file }), 1);
  assert.equal(port({ files: file, variables }), 2);
  assert.equal(port({ files: file, variables, flags: { port: "3" } }), 3);
  assert.equal(port({ variables, flags: { port: "3" } }), 3);
});

test("OPS-3 the file is named by flag, by variable, or has a usual name", () => {
  const files = { ...file, "a.yaml": "listen: { port: 4 }", "b.json": '{"listen":{"port":5}}' };
  assert.equal(port({ files, variables: { SEKISHO_CONFIG: "a.yaml" } }), 4);
  assert.equal(
    port({ files, variables: { SEKISHO_CONFIG: "a.yaml" }, flags: { config: "b.json" } }),
    5,
  );
  assert.equal(port({ files: { "sekisho.json": '{"listen":{"port":6}}' } }), 6);
  assert.equal(
    port({ files: { ...file, "sekisho.json": "{}" } }),
    "Cannot choose between sekisho.yaml and sekisho.json: name one by --config",
  );
});

test("a named file that cannot be read stops the start; a usual one may be absent", () => {
  assert.equal(port({ flags: { config: "x.yaml" } }), "Cannot read the file x.yaml: ENOENT");
  const readFile = () => {
    throw Object.assign(new Error("denied"), { code: "EACCES" });
  };
  const outcome = loadConfig({ environment: readEnvironment({}), flags: {}, readFile });
  assert.equal(
    outcome.ok ? "" : outcome.problems[0]?.sentence,
    "Cannot read the file sekisho.yaml: EACCES",
  );
});

test("a wrong variable or flag is named as its author knows it", () => {
  const rows: readonly [Machine, string][] = [
    [{ variables: { SEKISHO_PORT: "abc" } }, 'SEKISHO_PORT: "abc" is not a whole number'],
    [{ flags: { port: "70000" } }, "--port: 70000 is above the limit of 65535"],
    [
      { variables: { SEKISHO_LOG_LEVEL: "loud" } },
      'SEKISHO_LOG_LEVEL: "loud" is not one of debug, info, warn, error',
    ],
    [
      { variables: { SEKISHO_PUBLIC: "maybe" } },
      'SEKISHO_PUBLIC: "maybe" is neither true nor false',
    ],
    [
      { flags: { host: "0.0.0.0" } },
      '--host: "0.0.0.0" is open to other machines, which needs listen.public: true',
    ],
    [{ files: file, variables: { SEKISHO_PORT: "x" } }, 'SEKISHO_PORT: "x" is not a whole number'],
  ];
  for (const [machine, sentence] of rows) assert.equal(port(machine), sentence);
});

test("settings that are right take their type from the key", () => {
  const outcome = load({
    variables: { SEKISHO_DATA: "123", SEKISHO_ADMIN_PORT: "9", SEKISHO_LOG_LEVEL: "debug" },
    flags: { env: "staging", port: "0" },
  });
  assert.ok(outcome.ok);
  const { env, data, listen, log } = outcome.value.config;
  assert.deepEqual(
    [env, data, listen.port, listen.adminPort, log.level],
    ["staging", "123", 0, 9, "debug"],
  );
});

test("warnings of the environment and of the file come together", () => {
  const outcome = load({
    files: { "sekisho.yaml": "tenants: { t: { keys: [{ id: k, secret: plain-secret }] } }" },
    variables: { SEKISHO_PROT: "1" },
  });
  assert.deepEqual(outcome.ok && outcome.warnings.map(({ path }) => path), [
    "SEKISHO_PROT",
    "tenants.t.keys[0].secret",
  ]);
});
