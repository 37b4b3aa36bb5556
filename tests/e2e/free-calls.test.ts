import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { askFresh, type FreshAnswer } from "../harness/ask-fresh.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const secret = "key-whose-limit-is-cut";
const maxTokens = 10;
const outputNanoUsd = 30_000;

const config = (simulatorUrl: string, processes: number, nanoUsd: number): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    processes,
    models: { ...steered.models, free: soleModel("near", "gpt-4o") },
    prices: {
      override: {
        "gpt-4-turbo": { inputUsdPerMillion: 0, outputUsdPerMillion: outputNanoUsd / 1_000 },
        "gpt-4o": { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
      },
    },
    tenants: {
      ...steered.tenants,
      cut: {
        keys: [{ id: "cut", secret }],
        budgets: [{ scope: "key", window: "month", usd: nanoUsd / 1e9 }],
        rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }],
      },
    },
  };
};

const ask = (operated: OperatedGateway, model: string): Promise<FreshAnswer> =>
  askFresh(new URL("/v1/chat/completions", operated.gateway.url), {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: "Go on [[sim: tokens=10]]" }],
      max_tokens: maxTokens,
    }),
  });

/** So many in a row meet each process. */
const several = 8;

/** How each of several calls ended. */
async function codesOf(operated: OperatedGateway, model: string): Promise<string[]> {
  const codes = new Set<string>();
  for (let n = 0; n < several; n += 1) {
    const { status, text } = await ask(operated, model);
    codes.add(status === 200 ? "served" : (/"code":"(\w+)"/.exec(text)?.[1] ?? text));
  }
  return [...codes];
}

for (const processes of [1, 2]) {
  test(`MON-8 free calls pass a limit that was cut, processes: ${processes}`, async () => {
    await using operated = await OperatedGateway.start({
      config: (simulatorUrl) => config(simulatorUrl, processes, 1e9),
    });
    const { server, simulator } = operated.gateway;
    assert.deepEqual(await codesOf(operated, "sole"), ["served"]);
    await operated.gateway.settled();
    const spent = several * maxTokens * outputNanoUsd;
    const file = join(dirname(server.data), "sekisho.yaml");
    writeFileSync(file, JSON.stringify(config(simulator.url, processes, spent / 2)));
    await operated.sekisho("config", "reload");
    // The other processes have the new limit within a second.
    await until("all refuse what is not free", async () =>
      (await codesOf(operated, "sole")).join() === "budget_exhausted" ? true : null,
    );
    assert.deepEqual(await codesOf(operated, "free"), ["served"]);
    assert.deepEqual(await codesOf(operated, "sole"), ["budget_exhausted"]);
  });
}
