import assert from "node:assert/strict";
import { test } from "node:test";
import { showConfig } from "./show-config.ts";
import { loaded } from "./text-fixture.ts";

test("CFG-3 every value is shown with its origin and, of the file, its line", () => {
  const shown = showConfig(
    loaded("env: dev\nlisten:\n  port: 1\ntenants: { t: {} }\n", {
      settings: [
        { path: ["listen", "port"], value: "2", origin: "environment", name: "SEKISHO_PORT" },
        { path: ["data"], value: "x", origin: "flag", name: "--data" },
      ],
    }),
  );
  const row = (path: string) => shown.find((each) => each.path === path);
  assert.deepEqual(row("env"), { path: "env", value: '"dev"', origin: "file", line: 1 });
  assert.deepEqual(row("listen.port"), {
    path: "listen.port",
    value: "2",
    origin: "environment",
    line: null,
  });
  assert.equal(row("data")?.origin, "flag");
  assert.equal(row("listen.host")?.origin, "default");
  assert.equal(row("providers.sim-openai.kind")?.origin, "default");
  assert.equal(row("tenants.t.keys")?.value, "[]");
});

test("SEC-9 a secret is shown as its fingerprint", () => {
  const shown = showConfig(
    loaded("tenants: { t: { keys: [{ id: k, secret: env:KEY }] } }", {
      variables: { KEY: "canary-4711" },
    }),
  );
  const row = shown.find(({ path }) => path === "tenants.t.keys[0].secret");
  assert.match(row?.value ?? "", /^"secret:sha256:[0-9a-f]{8}"$/);
  assert.ok(!JSON.stringify(shown).includes("canary"));
});
