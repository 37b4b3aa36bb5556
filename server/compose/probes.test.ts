import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded } from "../config/text-fixture.ts";
import { noBalancers } from "./balancers.ts";
import { catalogOf } from "./catalog.ts";
import { probedProviders } from "./probes.ts";

/** Which of two providers are probed, both by connections, of which no model may speak. */
function probed(drained: string): string[] {
  const provider = (region: string): string =>
    `{ kind: openai, region: ${region}, baseUrl: "http://127.0.0.1:1", probe: { kind: tcp },` +
    ` credentials: [{ id: main, apiKey: one }] }`;
  const { config } = loaded(`providers: { p: ${provider("eu")}, q: ${provider("us")} }
models: { fast: { targets: [{ provider: p, model: m }] } }
drained: ${drained}`);
  const none = (): never => assert.fail("nobody is asked");
  const catalog = catalogOf(config, noBalancers);
  return probedProviders(config, { catalog, provider: none }, null).map(({ name }) => name);
}

test("RTE-14 a drained provider is not probed, nor is one in a drained region", () => {
  assert.deepEqual(probed("[]"), ["p", "q"]);
  assert.deepEqual(probed("[p]"), ["q"]);
  assert.deepEqual(probed("[us]"), ["p"]);
});
