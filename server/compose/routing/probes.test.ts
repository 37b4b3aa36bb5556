import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded } from "../../config/loading/text-fixture.ts";
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

test("RTE-14 a model that makes vectors is asked nothing, and dialled all the same", () => {
  const targetsOf = (kind: string): string[] => {
    const probe = `probe: { kind: ${kind} }, credentials: [{ id: a, apiKey: one }]`;
    const { config } = loaded(`providers:
  p: { kind: openai, baseUrl: "http://127.0.0.1:1", ${probe} }
models:
  fast: { targets: [{ provider: p, model: m }] }
  embed: { targets: [{ provider: p, model: text-embedding-3-small }] }`);
    const catalog = catalogOf(config, noBalancers);
    const none = (): never => assert.fail("nobody is asked");
    const [only] = probedProviders(config, { catalog, provider: none }, null);
    return only?.targets.map(({ upstreamModel }) => upstreamModel) ?? [];
  };
  assert.deepEqual(targetsOf("call"), ["m"]);
  assert.deepEqual(targetsOf("tcp"), ["m", "text-embedding-3-small"]);
});
