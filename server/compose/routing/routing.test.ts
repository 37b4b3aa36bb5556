import assert from "node:assert/strict";
import { test } from "node:test";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { loaded } from "../../config/loading/text-fixture.ts";
import { noBalancers } from "./balancers.ts";
import { catalogOf } from "./catalog.ts";
import { standardParts } from "../gateway/gateway-parts.ts";
import { composeRouting } from "./routing.ts";

const configOf = (secret: string, url = "http://127.0.0.1:1") => {
  const credentials = `[{ id: main, apiKey: ${secret} }]`;
  return loaded(
    `providers: { p: { kind: openai, baseUrl: "${url}", credentials: ${credentials} } }
models: { fast: { targets: [{ provider: p, model: m }] } }`,
  ).config;
};

const first = configOf("one");

/** A target whose credential was refused and whose circuit and region are open. */
function restingRouting() {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const log = { warn() {}, error() {} } as unknown as GatewayLog; // nothing else is called here
  const ports = { clock, random, log, metrics: new Metrics() };
  const routing = composeRouting(ports, first, standardParts);
  const { health } = routing;
  const serve = (config: typeof first): string[] => {
    const catalog = catalogOf(config, noBalancers);
    routing.serve(config, catalog);
    const [target] = catalog.targets();
    assert.ok(target);
    return health.circuitsOf(target, 0).map(({ state }) => state);
  };
  assert.deepEqual(serve(first), ["closed", "closed", "closed"]);
  const [target] = catalogOf(first, noBalancers).targets();
  assert.ok(target);
  const calls = Array.from({ length: 6 }, () => health.admit(target, 1, 0));
  for (const call of calls) call?.end(call === calls[5] ? "credential" : "network", 0);
  return { health, serve, target };
}

test("RTE-7 a configuration that leaves a provider alone leaves its circuits alone", () => {
  assert.deepEqual(restingRouting().serve(configOf("one")), ["open", "open", "open"]);
});

test("RTE-7 another secret under the same name ends the quarantine of the one before", () => {
  assert.deepEqual(restingRouting().serve(configOf("two")), ["closed", "closed", "closed"]);
});

test("RTE-13 another address of a provider begins with closed circuits", () => {
  const states = restingRouting().serve(configOf("one", "http://127.0.0.1:2"));
  assert.deepEqual(states, ["closed", "closed", "closed"]);
});

test("RTE-19 what an administrator holds open stays so under another secret", () => {
  const { health, serve, target } = restingRouting();
  health.command(target.id, "force-open", 0);
  assert.deepEqual(serve(configOf("two")), ["closed", "closed", "open"]);
});

test("RTE-13 a reload keeps the circuit of a provider that only a wildcard reaches", () => {
  const { config } = loaded(
    `providers:
  p: { kind: openai, baseUrl: "http://127.0.0.1:1", credentials: [{ id: main, apiKey: one }] }
  q: { kind: openai, baseUrl: "http://127.0.0.1:2", credentials: [{ id: main, apiKey: one }] }
models:
  fast: { targets: [{ provider: p, model: m }] }
  "mock.*": { passThrough: { provider: q } }`,
  );
  const clock = new VirtualClock();
  const log = { warn() {}, error() {} } as unknown as GatewayLog; // nothing else is called here
  const ports = { clock, random: new SeededRandom(1), log, metrics: new Metrics() };
  const routing = composeRouting(ports, config, standardParts);
  const { health } = routing;
  const targetNow = () => {
    const catalog = catalogOf(config, noBalancers);
    routing.serve(config, catalog);
    return catalog.resolve("mock.1").pools[0]?.targets[0] ?? assert.fail();
  };
  const target = targetNow();
  for (let n = 0; n < 5; n += 1) health.admit(target, 1, 0)?.end("server", 0);
  assert.equal(health.restOf(targetNow(), 0)?.cause, "circuit");
});
