import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { UsageFiguresView, UsageView } from "@sekisho/wire/admin/usage.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { FaultProxy } from "../harness/proxy/fault-proxy.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const everyMs = 500;
/** Far beyond any test: without probes a circuit would not close in one. */
const openMs = 600_000;

const admin = (gateway: GatewayUnderTest, path: string, init: RequestInit = {}) =>
  fetch(`${gateway.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${gateway.server.ready.adminKey}` },
  });

const circuits = async (gateway: GatewayUnderTest): Promise<readonly CircuitView[]> => {
  // The server's own answer.
  const view = (await (await admin(gateway, "/admin/circuits")).json()) as {
    readonly circuits: readonly CircuitView[];
  };
  return view.circuits.filter(({ provider }) => provider === "near");
};

const closed = (gateway: GatewayUnderTest): Promise<true> =>
  until("every circuit is closed", async () => {
    const all = await circuits(gateway);
    return all.every(({ state }) => state === "closed") ? true : null;
  });

const statusOf = async (gateway: GatewayUnderTest): Promise<number> => {
  const response = await gateway.chat("Reply with exactly: served", { model: "watched" });
  await response.text();
  return response.status;
};

/** Calls of clients until the circuit of `watched` has opened. */
const opened = (gateway: GatewayUnderTest): Promise<true> =>
  until("a circuit is open", async () => {
    await statusOf(gateway);
    const all = await circuits(gateway);
    return all.some(({ state }) => state === "open") ? true : null;
  });

const configOf =
  (kind: "call" | "tcp") =>
  (simulatorUrl: string): ConfigInput => {
    const steered = steeredConfig(simulatorUrl);
    const { near } = steered.providers ?? {};
    assert.ok(near !== undefined);
    const watched = {
      targets: [{ provider: "near", model: "gpt-4-turbo" }],
      attempts: { max: 1 },
      breaker: { openMs },
    };
    return {
      ...steered,
      providers: { near: { ...near, probe: { kind, everyMs }, health: { regionOpenMs: openMs } } },
      models: { watched },
    };
  };

const usageOf = async (gateway: GatewayUnderTest, query: string): Promise<UsageFiguresView> => {
  const response = await admin(gateway, `/admin/usage?range=1h${query}`);
  // The server's own answer.
  return ((await response.json()) as UsageView).totals;
};

describe("RTE-14 probes by calls", () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await GatewayUnderTest.start({ config: configOf("call") });
  });
  after(() => gateway[Symbol.asyncDispose]());

  test("after an outage the circuit closes by itself, whoever calls", async () => {
    const healed = async (): Promise<number> => {
      gateway.simulator.setScenarios([{ name: "outage", fault: "503" }]);
      await opened(gateway);
      assert.equal(await statusOf(gateway), 503);
      gateway.simulator.setScenarios([]);
      const healedMs = performance.now();
      await closed(gateway);
      const tookMs = performance.now() - healedMs;
      assert.equal(await statusOf(gateway), 200);
      return tookMs;
    };
    await assertOnce(healed, { limitMs: 2 * everyMs + 1_000, most: 5 });
  });

  test("an outage of a provider that nobody calls is noticed", async () => {
    gateway.simulator.setScenarios([{ name: "outage", fault: "500" }]);
    await until("a circuit is open", async () =>
      (await circuits(gateway)).some(({ state }) => state === "open") ? true : null,
    );
    gateway.simulator.setScenarios([]);
    await closed(gateway);
  });

  test("what they cost is in the books of the tenant sekisho: the bill is the ledger", async () => {
    const path = "/admin/config/providers.near.probe";
    const body = JSON.stringify({ value: { kind: "passive" } });
    assert.equal((await admin(gateway, path, { method: "PUT", body })).status, 200);
    const { rows } = await gateway.settled();
    const probes = await usageOf(gateway, "&tenant=sekisho");
    const clients = await usageOf(gateway, "");
    assert.ok(probes.requests > 5 && Number(probes.costNanoUsd) > 0 && probes.errors > 0);
    const { total } = gateway.simulator.bill();
    assert.equal(BigInt(clients.costNanoUsd) + BigInt(probes.costNanoUsd), total.costNanoUsd);
    assert.equal(clients.inputTokens + probes.inputTokens, total.inputTokens);
    assert.equal(clients.outputTokens + probes.outputTokens, total.outputTokens);
    const one = rows.find(({ alias, outcome }) => alias === "probe" && outcome === "ok");
    assert.equal(one?.output, 1);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const cost = /^sekisho_probe_cost_nano_usd_total\{provider="near"\} (\d+)$/m.exec(metrics);
    assert.equal(Number(cost?.[1]), Number(probes.costNanoUsd));
    const counts = [...metrics.matchAll(/^sekisho_probes_total\{.*\} (\d+)$/gm)];
    assert.equal(
      counts.reduce((sum, [, count]) => sum + Number(count), 0),
      probes.requests,
    );
  });

  test("a configuration without them ends them", async () => {
    const { length } = gateway.simulator.calls();
    await until("two intervals have passed", async () => {
      await new Promise((resolve) => setTimeout(resolve, 2 * everyMs));
      return true;
    });
    assert.equal(gateway.simulator.calls().length, length);
  });
});

test("RTE-14 probes by connections see a host that nobody can reach, and its return", async () => {
  await using host = await FaultProxy.start({ to: "http://127.0.0.1:9", fault: { accept: "end" } });
  await using gateway = await GatewayUnderTest.start({ config: () => configOf("tcp")(host.url) });
  host.refuse();
  await until("the circuit is open", async () =>
    (await circuits(gateway)).some(({ state }) => state === "open") ? true : null,
  );
  await host.listen();
  await closed(gateway);
});
