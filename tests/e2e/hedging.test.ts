import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const model = "gpt-4-turbo";

/** As many streams as save for one second attempt, twice. */
const mostTries = 20;

const config = (simulatorUrl: string): ConfigInput => ({
  ...steeredConfig(simulatorUrl),
  models: {
    hedged: {
      balance: "failover",
      hedge: { enabled: true, paysUnanswered: false },
      breaker: { failures: 1_000 },
      timeouts: { firstTokenMs: 2_000 },
      targets: [
        { provider: "near", model },
        { provider: "far", model, priority: 1 },
      ],
    },
  },
});

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const ask = async (): Promise<Response> => {
  const rest = { model: "hedged", stream: true, max_tokens: 16 };
  const response = await gateway.chat("Say: one two three", rest);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /"finish_reason":"stop"[\s\S]*\[DONE\]\n\n$/);
  return response;
};

/**
 * On a busy machine the calls so far may have used up their second attempts: the next ones save for
 * another, and fail over when their patience ends.
 */
async function hedgedAnswer(): Promise<Response> {
  for (let n = 0; n < mostTries; n += 1) {
    const response = await ask();
    const [, first] = await gateway.rowsOf(response);
    if (first?.cause === "hedge_lost") return response;
  }
  return assert.fail(`no second attempt in ${mostTries} streams that stall`);
}

test("RTE-11 a stream that stalls is served by a second attempt; rows and bill agree", async () => {
  // 50 first tokens make a percentile, 20 streams a second attempt, and each call saves for it.
  for (let n = 0; n < 20; n += 1) await Promise.all(Array.from({ length: 20 }, ask));
  gateway.simulator.setScenarios([
    { name: "stalled", match: { region: "us-east-1" }, fault: "stall-head" },
  ]);
  const response = await hedgedAnswer();
  assert.equal(response.headers.get("x-sekisho-region"), "us-west-2");
  assert.equal(response.headers.get("x-sekisho-attempts"), "2");
  const [own, lost, won, ...others] = await gateway.rowsOf(response);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [lost?.provider, lost?.outcome, lost?.cause, lost?.costNanoUsd],
    ["near", "cancelled", "hedge_lost", 0],
  );
  assert.deepEqual([won?.provider, won?.outcome, won?.cause], ["far", "ok", null]);
  assert.equal(own?.costNanoUsd, won?.costNanoUsd, "its tenant pays the winner");
  const stalled = await until("the provider has seen that nobody waits", () => {
    const call = gateway.simulator.calls().findLast(({ region }) => region === "us-east-1");
    return call?.state === "ended" ? call : null;
  });
  assert.equal(stalled.outcome, "client_gone");
  // What was on its way when a call was closed only its provider knows: so the one that stalled.
  const served = gateway.simulator.calls().findLast(({ region }) => region === "us-west-2");
  assert.deepEqual([stalled.costNanoUsd, served?.costNanoUsd], [0, won?.costNanoUsd]);
});
