import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { asks, countingClient } from "../harness/openai-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const keys = { plain: "key-with-plain-refusals", legacy: "key-of-a-legacy-program" };

/** One call that says all that it may spends the day. */
const budgets = [{ scope: "tenant" as const, window: "day" as const, outputTokens: 10 }];

const config = (simulatorUrl: string): ConfigInput => ({
  ...steeredConfig(simulatorUrl),
  tenants: {
    ...steeredConfig(simulatorUrl).tenants,
    plain: { keys: [{ id: "plain", secret: keys.plain }], budgets },
    legacy: { keys: [{ id: "legacy", secret: keys.legacy, budgetStatus: 429 }], budgets },
  },
});

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const ask = (client: OpenAI) =>
  client.chat.completions.create({
    model: "sole",
    messages: asks("Go on [[sim: tokens=10]]"),
    max_tokens: 10,
  });

/** What the SDK makes of a spent budget, and how often it asks. */
async function refusedTo(apiKey: string): Promise<readonly [error: unknown, asked: number]> {
  const { client, sent } = countingClient(gateway, { apiKey, maxRetries: 2 });
  await ask(client);
  const asked = sent();
  const error: unknown = await ask(client).then(
    () => null,
    (refusal: unknown) => refusal,
  );
  return [error, sent() - asked];
}

test("MON-11 budgetStatus 429 is what the SDK gets, and it does not ask again", async () => {
  const [error, asked] = await refusedTo(keys.legacy);
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.deepEqual([error.code, error.type, asked], ["budget_exhausted", "insufficient_quota", 1]);
});

test("MON-11 every other key is refused with 402", async () => {
  const [error, asked] = await refusedTo(keys.plain);
  assert.ok(error instanceof OpenAI.APIError);
  assert.deepEqual([error.status, error.code, asked], [402, "budget_exhausted", 1]);
});

test("MON-11 a key that is made at run time says so, too", async () => {
  const { urls, adminKey } = gateway.server.ready;
  const made = await fetch(`${urls["admin"]}/admin/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
    body: JSON.stringify({ tenant: "legacy", budgetStatus: 429 }),
  });
  assert.equal(made.status, 201);
  const { key, secret } = (await made.json()) as { key: object; secret: string }; // ours
  assert.partialDeepStrictEqual(key, { budgetStatus: 429 });
  const { client } = countingClient(gateway, { apiKey: secret });
  await assert.rejects(ask(client), OpenAI.RateLimitError);
});
