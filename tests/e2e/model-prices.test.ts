import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { ModelListView } from "@sekisho/wire/admin/models.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const edge = 200;
const [base, long] = [
  { input: 1_000_000_000, output: 2_000_000_000 },
  { input: 5_000_000_000, output: 7_000_000_000 },
];
const usd = ({ input, output }: typeof base) => ({
  inputUsdPerMillion: input / 1e9,
  outputUsdPerMillion: output / 1e9,
});

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    models: {
      ...steered.models,
      pictured: { targets: [{ provider: "near", model: "picture-model" }] },
      long: { targets: [{ provider: "near", model: "long-model" }] },
      "gpt-4*": { passThrough: { provider: "near" }, price: "required" },
    },
    prices: {
      override: {
        "picture-model": { ...usd(base), requestUsd: 0.001, imageUsd: 0.0002 },
        "long-model": { ...usd(base), bands: [{ overPromptTokens: edge, ...usd(long) }] },
      },
    },
  };
};

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({ config });
  const prices = {
    "long-model": { ...base, longPrompt: { overTokens: edge, ...long } },
    "picture-model": { ...base, perRequest: 1_000_000, perImage: 200_000 },
  };
  const told = await fetch(`${operated.gateway.simulator.url}/_sim/prices`, {
    method: "POST",
    body: JSON.stringify({ prices }),
  });
  assert.equal(told.status, 200, await told.text());
});
after(() => operated[Symbol.asyncDispose]());

test("MON-2 calls on both sides of a band are booked as the provider bills them", async () => {
  const { gateway } = operated;
  const versions: (string | null)[] = [];
  for (const words of [1, 400]) {
    const answer = await gateway.chat(`Reply with exactly: ok ${"word ".repeat(words)}`, {
      model: "long",
      max_tokens: 20,
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    await answer.text();
    const [row] = await gateway.rowsOf(answer);
    const call = gateway.simulator.calls().at(-1);
    assert.ok(row !== undefined && call !== undefined);
    assert.equal(row.costNanoUsd, call.costNanoUsd);
    assert.equal(call.tokens.input > edge, words > 1);
    versions.push(row.priceVersion);
  }
  assert.deepEqual(versions, ["config/long-model", `config/long-model/over-${edge}`]);
});

test("MON-16 requests and images are reserved and booked as the provider bills them", async () => {
  const { gateway } = operated;
  const pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk" +
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const image = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };
  for (const [count, stream] of [
    [0, false],
    [2, false],
    [3, true],
  ] as const) {
    const content = [
      { type: "text", text: "Reply with exactly: ok" },
      ...Array.from({ length: count }, () => image),
    ];
    const answer = await gateway.post("/v1/chat/completions", {
      model: "pictured",
      messages: [{ role: "user", content }],
      max_tokens: 20,
      stream,
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    await answer.text();
    const [row] = await gateway.rowsOf(answer);
    const call = gateway.simulator.calls().at(-1);
    assert.ok(row !== undefined && call !== undefined);
    assert.equal(call.summary?.images, count);
    const tokens = call.tokens.input * 1_000 + call.tokens.output * 2_000;
    assert.equal(call.costNanoUsd, tokens + 1_000_000 + count * 200_000);
    assert.equal(row.costNanoUsd, call.costNanoUsd);
    assert.equal(row.priceVersion, "config/picture-model");
  }
  const told = await operated.sekisho("models", "pictured");
  assert.match(told, /picture-model costs 0\.001 USD a request and 0\.0002 USD an image/);
  const words = ["cost", "pictured", "--input", "0", "--output", "1", "--images", "2"];
  assert.match(await operated.sekisho(...words), /^pictured +0\.001402 /m);
});

test("GET /v1/models tells names with their details, and patterns beside them", async () => {
  const { gateway } = operated;
  const may = { tenant: "demo", name: "narrow", models: ["lo*"] };
  const narrow = await operated.admin("POST", "/admin/keys", may);
  // The server's own answer.
  const { secret } = (await narrow.json()) as { readonly secret: string };
  const listed = async (credential: string) => {
    const headers = { authorization: `Bearer ${credential}` };
    const answer = await fetch(`${gateway.url}/v1/models`, { headers });
    // The shape of OpenAI's list, and what stands beside it.
    const { data, wildcards } = (await answer.json()) as {
      readonly data: readonly { readonly id: string; readonly pricing: unknown }[];
      readonly wildcards: readonly string[];
    };
    return { data, ids: data.map(({ id }) => id), wildcards };
  };
  const all = await listed(gateway.key);
  assert.deepEqual(all.ids, ["sole", "hasty", "pair", "pictured", "long"]);
  assert.deepEqual(all.wildcards, ["gpt-4*"]);
  const some = await listed(secret);
  assert.deepEqual([some.ids, some.wildcards], [["long"], []]);
  const rates = (input: string, output: string) => ({
    input,
    output,
    cache_read: input,
    cache_write_5m: input,
    cache_write_1h: input,
  });
  assert.deepEqual(some.data[0]?.pricing, {
    currency: "USD",
    per: "million tokens",
    ...rates("1", "2"),
    over_prompt_tokens: [{ over: edge, ...rates("5", "7") }],
    valid_from: null,
    valid_until: null,
    confidence: null,
    version: "config/long-model",
  });
});

test("sekisho models lists what clients may name, and shows one", async () => {
  const table = await operated.sekisho("models");
  assert.match(table, /^sole +128,000 +4,096 +10 +30 +i-t---s- +.*\n {2}gpt-4-turbo$/m);
  assert.match(table, /^long +- +- +1 +2 +\?{8} +dearer over 200\n {2}long-model$/m);
  assert.match(table, /^patterns: gpt-4\*$/m);
  const json = JSON.parse(await operated.sekisho("models", "--json")) as ModelListView;
  assert.deepEqual(
    json.models.map(({ name }) => name),
    ["sole", "hasty", "pair", "pictured", "long"],
  );
  const one = await operated.sekisho("models", "gpt-4o");
  assert.match(one, /^gpt-4o, served by the pattern gpt-4\*$/m);
  const wrong = await operated.run(["models", "lnog"]);
  assert.equal(wrong.code, 4);
  assert.match(wrong.stderr, /the nearest is "long"/);
});
