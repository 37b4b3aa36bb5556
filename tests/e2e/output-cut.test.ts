import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { dialectTargets } from "../contract/targets/all-targets.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { until } from "../harness/until.ts";
import { clientsOf } from "./faults/clients/all-clients.ts";
import type { FaultClient, Told } from "./faults/clients/fault-client.ts";
import { generous, steadfast, steadfastProvider } from "./faults/steadfast.ts";

/** What the provider answers: so many tokens of an ordinary answer, then more for ever. */
const endless = ".sim.fault-endless.tokens-30.tps-400";
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 10 };

const poorKey = "key-that-affords-few-tokens";
const affordable = 36;

const config = (simulatorUrl: string): ConfigInput => ({
  ...generous,
  tenants: {
    ...generous.tenants,
    poor: {
      keys: [{ id: "poor", secret: poorKey }],
      budgets: [{ scope: "key", window: "day", outputTokens: affordable }],
    },
  },
  providers: Object.fromEntries(
    dialectTargets.map((target) => [target.name, steadfastProvider(target, simulatorUrl)]),
  ),
  models: Object.fromEntries(
    dialectTargets.map(({ name, upstreamModel }) => [
      name,
      { ...steadfast, targets: [{ provider: name, model: upstreamModel + endless }] },
    ]),
  ),
  prices: {
    override: Object.fromEntries(
      dialectTargets.map(({ upstreamModel }) => [upstreamModel + endless, price]),
    ),
  },
});

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

interface Cut {
  readonly told: Told;
  readonly response: Response;
}

async function ask(client: FaultClient, model: string, maxTokens: number): Promise<Cut> {
  const question = { model, text: "Go on and on", stream: true, tool: false, maxTokens };
  const { path, headers, body } = client.request(question);
  const response = await gateway.post(path, body, headers);
  assert.equal(response.status, 200);
  const told = client.readStream(Buffer.from(await response.arrayBuffer()));
  return { told, response };
}

/** Not every dialect has the id in the same header. */
function rowsOf({ headers }: Response): ReturnType<GatewayUnderTest["rowsOf"]> {
  const id = headers.get("x-sekisho-request-id") ?? "";
  return gateway.rowsOf({ headers: new Headers({ "x-request-id": id }) });
}

/** What each dialect calls an answer that came to its cap. */
const atItsCap = /^(?:length|max_tokens|MAX_TOKENS|max_output_tokens)$/;

describe("MON-7 a provider that goes on beyond its cap is cut at it", () => {
  for (const target of dialectTargets) {
    test(`${target.name}: every client is told that the answer came to its cap`, async () => {
      for (const client of clientsOf(target.api, gateway.key)) {
        const maxTokens = 40;
        const { told, response } = await ask(client, target.name, maxTokens);
        const words = `${client.surface} ${JSON.stringify(told)}`;
        assert.deepEqual([told.ends, told.error, told.reasons.length], [1, null, 1], words);
        assert.match(told.reasons[0] ?? "", atItsCap, words);
        // Thirty tokens of an answer are 103 characters, the ten behind them 70 at most or so.
        assert.ok(told.text.length > 110 && told.text.length < 200, words);
        const [row] = await rowsOf(response);
        assert.deepEqual([row?.outcome, row?.output, row?.usageSource], ["ok", 40, "estimated"]);
        assert.equal(row?.costNanoUsd, (row?.input ?? 0) * 1_000 + 40 * 10_000);
      }
    });
  }

  test("the provider's call is closed at once, not some time behind the end", async () => {
    const [target] = dialectTargets;
    assert.ok(target !== undefined);
    const [client] = clientsOf(target.api, gateway.key);
    assert.ok(client !== undefined);
    await ask(client, target.name, 35);
    const call = await until("the call has ended", () => {
      const last = gateway.simulator.calls().at(-1);
      return last?.state === "ended" ? last : null;
    });
    assert.equal(call.outcome, "client_gone");
    // At 400 tokens a second: what was on its way when the gateway left.
    assert.ok(call.tokens.output < 35 + 100, `${call.tokens.output} tokens`);
  });

  test("an answer without a cap of its own is cut at what is left of a budget", async () => {
    const messages = [{ role: "user", content: "Go on and on" }];
    const question = { model: "openai", messages, stream: true };
    const headers = { authorization: `Bearer ${poorKey}` };
    const response = await gateway.post("/v1/chat/completions", question, headers);
    assert.match(await response.text(), /"finish_reason":"length"/);
    const [row] = await rowsOf(response);
    assert.equal(row?.output, affordable);
    const refused = await gateway.post("/v1/chat/completions", question, headers);
    assert.equal(refused.status, 402);
    assert.match(await refused.text(), /budget_exhausted/);
  });
});
