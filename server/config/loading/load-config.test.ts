import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigFlags, readEnvironment } from "./environment.ts";
import { loadConfig } from "./load-config.ts";
import type { Outcome } from "../problem.ts";
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
  assert.equal(port({ files: { "sekisho.yml": "listen: { port: 6 }" } }), 6);
  assert.equal(
    port({ files: { ...file, "sekisho.yml": "{}" } }),
    "Cannot choose between sekisho.yaml and sekisho.yml: name one by --config",
  );
  assert.equal(
    port({ files: { ...file, "sekisho.json": "{}" } }),
    "Cannot choose between sekisho.yaml and sekisho.json: name one by --config",
  );
});

test("OPS-3 the overlay stands beside the file, with the environment before its ending", () => {
  const at = (name: string, more: Machine = {}) => {
    const files = { ...file, "conf/my.yml": "env: prod", [name]: "listen: { port: 7 }" };
    return port({ ...more, files });
  };
  assert.equal(at("sekisho.dev.yaml"), 7);
  assert.equal(at("sekisho.dev.yml"), 7);
  assert.equal(at("sekisho.dev.json"), 7);
  assert.equal(at("sekisho.prod.yaml"), 1);
  assert.equal(at("sekisho.prod.yaml", { variables: { SEKISHO_ENV: "prod" } }), 7);
  assert.equal(at("sekisho.prod.yaml", { flags: { env: "prod" } }), 7);
  const named = { flags: { config: "conf/my.yml" } };
  const endings = ["yml", "yaml", "json"].map((ending) => at(`conf/my.prod.${ending}`, named));
  assert.deepEqual(endings, [7, 7, 7]);
  assert.equal(at("my.prod.yml", named), 8080);
  assert.equal(port({ files: { "sekisho.dev.yaml": "listen: { port: 7 }" } }), 7);
});

test("OPS-3 of two overlays of an environment neither is taken", () => {
  const files = { ...file, "sekisho.dev.yaml": "{}", "sekisho.dev.json": "{}" };
  const said = "Cannot choose between sekisho.dev.yaml and sekisho.dev.json: keep one";
  assert.equal(port({ files }), said);
});

test("OPS-3 an overlay that is there and cannot be read stops the start", () => {
  const readFile = (path: string): Uint8Array => {
    if (path === "sekisho.yaml") return Buffer.from("{}");
    throw Object.assign(new Error("denied"), { code: path.includes("dev") ? "EACCES" : "ENOENT" });
  };
  const outcome = loadConfig({ environment: readEnvironment({}), flags: {}, readFile });
  const { file: at, sentence } = (outcome.ok ? null : outcome.problems[0]) ?? {};
  const expected = ["sekisho.dev.yaml", "Cannot read the file sekisho.dev.yaml: EACCES"];
  assert.deepEqual([at, sentence], expected);
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
