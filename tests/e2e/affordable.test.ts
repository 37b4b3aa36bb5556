import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const calls = 1_000;
const affordable = 37;
const maxTokens = 10;
const outputNanoUsd = 30_000;

/** Prompts cost nothing and every answer has its cap: each call costs what it reserved. */
const costNanoUsd = maxTokens * outputNanoUsd;
const secret = "key-that-affords-exactly-37-calls";

const config = (simulatorUrl: string, processes: number): ConfigInput => ({
  ...steeredConfig(simulatorUrl),
  processes,
  prices: {
    override: {
      "gpt-4-turbo": { inputUsdPerMillion: 0, outputUsdPerMillion: outputNanoUsd / 1_000 },
    },
  },
  tenants: {
    exact: {
      keys: [{ id: "exact", secret }],
      budgets: [{ scope: "key", window: "month", usd: (affordable * costNanoUsd) / 1e9 }],
      rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }],
    },
  },
});

const startWith = (processes: number): Promise<GatewayUnderTest> =>
  GatewayUnderTest.start({ config: (simulatorUrl) => config(simulatorUrl, processes) });

interface Asked {
  readonly status: number;
  readonly code: string | null;
}

async function ask(gateway: GatewayUnderTest): Promise<Asked> {
  const response = await gateway.post(
    "/v1/chat/completions",
    JSON.stringify({
      model: "sole",
      messages: [{ role: "user", content: "Go on [[sim: hold tokens=10]]" }],
      max_tokens: maxTokens,
    }),
    { authorization: `Bearer ${secret}` },
  );
  const text = await response.text();
  return { status: response.status, code: /"code":"(\w+)"/.exec(text)?.[1] ?? null };
}

async function remaining(gateway: GatewayUnderTest): Promise<ClientBudgetView["budgets"]> {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await fetch(`${gateway.url}/v1/budget`, { headers });
  return ((await response.json()) as ClientBudgetView).budgets; // our own answer
}

for (const [processes, words] of [
  [1, "one process"],
  [2, "two processes"],
] as const) {
  test(`MON-8 of 1,000 calls on a budget for exactly 37, ${words} let 37 pass`, async () => {
    await using gateway = await startWith(processes);
    const asking = Array.from({ length: calls }, () => ask(gateway));
    const refused: string[] = [];
    const decided = Promise.withResolvers<void>();
    for (const each of asking) {
      void each.then(({ status, code }) => {
        if (status !== 402) return;
        refused.push(String(code));
        if (refused.length === calls - affordable) decided.resolve();
      });
    }
    await gateway.simulator.whenHeld(affordable);
    // Nobody has had an answer: every call was decided on what the others hold.
    await decided.promise;
    assert.deepEqual([...new Set(refused)], ["in_flight"]);
    const [held] = await remaining(gateway);
    assert.deepEqual(held?.cost, {
      limit: affordable * costNanoUsd,
      used: 0,
      reserved: affordable * costNanoUsd,
      remaining: 0,
    });
    assert.equal(gateway.simulator.release(), affordable);
    const answers = await Promise.all(asking);
    assert.equal(answers.filter(({ status }) => status === 200).length, affordable);
    assert.equal(answers.filter(({ status }) => status === 402).length, calls - affordable);
    assert.equal(gateway.simulator.calls().length, affordable);

    const { rows, spentNanoUsd } = await gateway.settled();
    assert.equal(rows.length, 2 * affordable);
    assert.equal(spentNanoUsd, affordable * costNanoUsd);
    const [spent] = await remaining(gateway);
    assert.deepEqual(spent?.cost, {
      limit: affordable * costNanoUsd,
      used: affordable * costNanoUsd,
      reserved: 0,
      remaining: 0,
    });
    const late = await ask(gateway);
    assert.deepEqual([late.status, late.code], [402, "budget_exhausted"]);
  });
}
