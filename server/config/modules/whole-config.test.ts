import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { readEnvironment } from "../loading/environment.ts";
import { diskOf } from "../loading/text-fixture.ts";
import { loadWholeConfig } from "./whole-config.ts";

const text = `
providers:
  p: { kind: openai, baseUrl: "http://127.0.0.1:1" }
  s: { kind: ai-sdk, package: "@nobody/has-this" }
models:
  m: { targets: [{ provider: p, model: x }], balance: ./nowhere.ts }
`;

test("OPS-3 modules and packages that cannot be used are told at once", async () => {
  const outcome = await loadWholeConfig(
    {
      environment: readEnvironment({}),
      flags: { config: "sekisho.yaml" },
      readFile: diskOf({ "sekisho.yaml": text }),
    },
    new VirtualClock(),
  );
  assert.ok(!outcome.ok);
  assert.deepEqual(
    outcome.problems.map(({ path, line }) => [path, line]),
    [
      ["models.m.balance", 6],
      ["providers.s.package", 4],
    ],
  );
});
