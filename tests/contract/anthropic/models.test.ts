import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";

const names = ["one", "two", "three", "four", "five"];

let gateway: GatewayUnderTest;
let client: Anthropic;

before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (simulatorUrl) => ({
      providers: { claude: { kind: "simulator", dialect: "anthropic", baseUrl: simulatorUrl } },
      models: Object.fromEntries(
        names.map((name) => [name, { targets: [{ provider: "claude", model: "claude-opus-5" }] }]),
      ),
    }),
  });
  client = new Anthropic({ apiKey: gateway.key, baseURL: gateway.url, maxRetries: 0 });
});
after(() => gateway[Symbol.asyncDispose]());

test("the client walks through all pages of the models", async () => {
  const seen = await Array.fromAsync(client.models.list({ limit: 2 }), ({ id }) => id);
  assert.deepEqual(seen, names);
});

test("a page behind one model, and one before another", async () => {
  const ids = async (params: Anthropic.ModelListParams): Promise<string[]> =>
    (await client.models.list(params)).data.map(({ id }) => id);
  assert.deepEqual(await ids({ after_id: "two", limit: 2 }), ["three", "four"]);
  assert.deepEqual(await ids({ before_id: "four", limit: 2 }), ["two", "three"]);
});

test("a model has a name to show, a date, and its limits", async () => {
  const { created_at: createdAt, ...model } = await client.models.retrieve("three");
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
  assert.deepEqual(model, {
    type: "model",
    id: "three",
    display_name: "three",
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: null,
  });
});

test("a model that is not there is a NotFoundError that names the nearest", async () => {
  await assert.rejects(client.models.retrieve("tree"), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError);
    return /the nearest is \\?"three/.test(error.message);
  });
});
