import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnvironment, readFlags } from "./environment.ts";

test("OPS-3 SEKISHO_ variables become settings; empty ones count as unset", () => {
  const environment = readEnvironment({
    SEKISHO_CONFIG: "x.yaml",
    SEKISHO_PORT: "9000",
    SEKISHO_DATA: "",
    HOME: "/home/x",
  });
  assert.equal(environment.configFile, "x.yaml");
  assert.deepEqual(environment.settings, [
    { path: ["listen", "port"], value: "9000", origin: "environment", name: "SEKISHO_PORT" },
  ]);
  assert.deepEqual(environment.warnings, []);
  assert.equal(environment.variables["HOME"], "/home/x");
});

test("a variable that is almost one of ours is warned about; others may serve the file", () => {
  const { warnings } = readEnvironment({ SEKISHO_PROT: "1", SEKISHO_SHOP_KEY: "x", PROT: "y" });
  assert.deepEqual(warnings, [
    {
      path: "SEKISHO_PROT",
      file: null,
      line: null,
      sentence: "SEKISHO_PROT is a variable that nobody reads; the nearest is SEKISHO_PORT",
    },
  ]);
});

test("the environment is read once: later changes of the process are not seen", () => {
  const variables: Record<string, string> = { KEY: "before" };
  const environment = readEnvironment(variables);
  variables["KEY"] = "after";
  assert.equal(environment.variables["KEY"], "before");
});

test("flags become settings under their own names", () => {
  assert.deepEqual(readFlags({ port: "0", public: true, config: "x" }), [
    { path: ["listen", "port"], value: "0", origin: "flag", name: "--port" },
    { path: ["listen", "public"], value: true, origin: "flag", name: "--public" },
  ]);
  assert.deepEqual(readFlags({}), []);
});
