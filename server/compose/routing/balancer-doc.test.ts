import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { NamedCandidate } from "@sekisho/lib/resilience/balance.ts";
import { guardedBalance } from "@sekisho/lib/resilience/guarded-balance.ts";
import { TemporaryFolder } from "@sekisho/lib/storage/testing/temporary-folder.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { loadBalanceModules } from "../../config/modules/balance-modules.ts";
import { importModule } from "../../config/modules/import-module.ts";
import { loaded } from "../../config/loading/text-fixture.ts";

const doc = readFileSync(
  join(import.meta.dirname, "../../../docs/extending/add-a-balancer.md"),
  "utf8",
);

const blockOf = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(doc)?.[1] ?? assert.fail(language);

const candidate = (id: string, inFlight: number, weight: number): NamedCandidate => {
  return { id, inFlight, weight, share: 1, cost: 0, price: 0 };
};

test("REF-7 the module of add-a-balancer.md does what its comment says", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("stay-at-home.ts");
  writeFileSync(path, blockOf("ts"));
  const providers = ["home", "away"]
    .map((name) => `  ${name}: { kind: openai, baseUrl: "http://127.0.0.1:1" }\n`)
    .join("");
  const models = blockOf("yaml").replace("./stay-at-home.ts", path);
  const { config, source } = loaded(`providers:\n${providers}${models}`);
  const outcome = await loadBalanceModules(config, source, {
    clock: new VirtualClock(),
    importModule,
  });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const balance = guardedBalance(outcome.value.get(path) ?? assert.fail(), (error) =>
    assert.fail(String(error)),
  );
  const order = (home: number, away: number): readonly number[] =>
    balance([candidate("away/none/m", away, 1), candidate("home/none/m", home, 3)], {
      turn: 0,
      draw: 0,
    });
  assert.deepEqual(order(19, 0), [1, 0]);
  assert.deepEqual(order(20, 0), [0, 1]);
  assert.deepEqual(order(21, 8), [1, 0]);
});
