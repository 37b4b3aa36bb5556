import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loaded } from "../loading/text-fixture.ts";

const doc = readFileSync(
  new URL("../../../docs/operating/environments.md", import.meta.url),
  "utf8",
);

/** The text that stands below the file's name. */
const textOf = (file: string): string => {
  const after = doc.slice(doc.indexOf(`\n\`${file}\``));
  return /```yaml\n(?<text>.*?)```/s.exec(after)?.groups?.["text"] ?? "";
};

const variables = { OPENAI_API_KEY: "secret-of-openai", STORE_KEY: "secret-of-store" };

const rows = [
  { env: "dev", connections: 5, connectMs: 3000, readMs: 30_000, level: "debug", usd: 50 },
  { env: "staging", connections: 50, connectMs: 5000, readMs: 30_000, level: "info", usd: 50 },
  { env: "prod", connections: 50, connectMs: 5000, readMs: 28_000, level: "warn", usd: 2000 },
];

for (const { env, connections, connectMs, readMs, level, usd } of rows) {
  test(`OPS-3 the documented example holds in ${env}, with its pools and times`, () => {
    const overlay = textOf(`sekisho.${env}.yaml`);
    assert.notEqual(overlay, "");
    const settings = [{ path: ["env"], value: env, origin: "flag", name: "--env" }] as const;
    const world = { variables, settings, overlays: { [env]: overlay } };
    const { config } = loaded(textOf("sekisho.yaml"), world);
    for (const { pool } of Object.values(config.providers)) {
      assert.deepEqual([pool.connections, pool.connectMs], [connections, connectMs]);
    }
    for (const model of Object.values(config.models)) {
      assert.ok("targets" in model);
      const { betweenTokensMs, attemptMs } = model.timeouts;
      assert.deepEqual([betweenTokensMs, attemptMs], [readMs, readMs]);
    }
    assert.deepEqual([config.env, config.log.level], [env, level]);
    assert.equal(config.tenants["store"]?.budgets[0]?.usd, usd);
    assert.equal(Object.keys(config.providers).length, 4);
  });
}
