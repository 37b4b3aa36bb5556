import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import OpenAI, { type APIError } from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";
import { steeredConfig } from "../../harness/steered-config.ts";
import { until } from "../../harness/until.ts";
import { contractConfig } from "../contract-config.ts";
import { pixel } from "../library.ts";
import { allTargets } from "../targets/all-targets.ts";

const keys = {
  chatOnly: "key-for-chats-alone",
  slow: "key-that-is-slow",
  poor: "key-without-money",
};

const config = (url: string): ConfigInput => {
  const steered = steeredConfig(url);
  const columns = contractConfig(url);
  return {
    ...columns,
    providers: { ...columns.providers, ...steered.providers },
    models: { ...columns.models, ...steered.models },
    moderations: { model: "pair" },
    tenants: {
      ...steered.tenants,
      narrow: {
        keys: [{ id: "chat-only", secret: keys.chatOnly, surfaces: ["openai.chat"] }],
      },
      slow: {
        keys: [{ id: "slow", secret: keys.slow }],
        rates: [{ scope: "key", requestsPerSecond: 0.01, burst: 2 }],
      },
      poor: {
        keys: [{ id: "poor", secret: keys.poor }],
        budgets: [{ scope: "key", window: "month", usd: 0.000_001 }],
      },
    },
  };
};

let gateway: GatewayUnderTest;
let client: OpenAI;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
  client = openaiClient(gateway);
});
beforeEach(() => gateway.simulator.setScenarios([]));
after(() => gateway[Symbol.asyncDispose]());

const failureOf = async (asking: Promise<unknown>): Promise<APIError> => {
  const error = await asking.then(
    () => assert.fail("It was answered"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  return error;
};

const calls = (): number => gateway.simulator.calls().length;

test("a text is judged by the configured model, and booked as a call", async () => {
  const { data, response } = await client.moderations
    .create({ input: "I will kill you" })
    .withResponse();
  assert.match(data.id, /^modr-/);
  assert.equal(data.model, "pair");
  const [result] = data.results;
  assert.ok(result?.flagged);
  assert.equal(result.categories.violence, true);
  assert.equal(result.category_scores.violence, 0.9);
  assert.equal(result.categories.sexual, false);
  assert.deepEqual(result.category_applied_input_types.violence, ["text"]);
  const [row] = await gateway.rowsOf(response);
  assert.equal(row?.outcome, "ok");
  assert.equal(row?.surface, "openai.moderations");
  assert.equal(response.headers.get("x-sekisho-cost-nano-usd"), String(row?.costNanoUsd));
});

test("several inputs have their results in their order, each a call of its own", async () => {
  const inputs = Array.from({ length: 11 }, (_, n) => (n % 3 === 0 ? `suicide ${n}` : `tea ${n}`));
  const already = calls();
  const { results } = await client.moderations.create({
    input: inputs.map((input, n) => `${input} [[sim: first=${40 - 3 * n}]]`),
    model: "omni-moderation-latest",
  });
  assert.deepEqual(
    results.map(({ categories }) => categories["self-harm"]),
    inputs.map((input) => input.startsWith("suicide")),
  );
  assert.equal(calls(), already + inputs.length);
  const latest = gateway.simulator.calls().slice(already);
  const overlaps = latest.map(
    (call) =>
      latest.filter(
        (other) =>
          other.startedMs <= call.startedMs && (other.endedMs ?? Infinity) > call.startedMs,
      ).length,
  );
  assert.ok(Math.max(...overlaps) <= 4, `${overlaps.join()} at once`);
});

test("an image is judged with the text beside it, as one input", async () => {
  const url = `data:image/png;base64,${pixel.toString("base64")}`;
  const { results } = await client.moderations.create({
    input: [
      { type: "text", text: "What a stupid picture" },
      { type: "image_url", image_url: { url } },
    ],
  });
  assert.equal(results.length, 1);
  assert.equal(results[0]?.categories.harassment, true);
  assert.deepEqual(results[0]?.category_applied_input_types.violence, ["text", "image"]);
  assert.equal(gateway.simulator.calls().at(-1)?.summary?.images, 1);
});

for (const { name, model } of allTargets) {
  test(`${name}: an alias that is named judges, in the words of any provider`, async () => {
    const { results } = await client.moderations.create({ model, input: ["A calm sea", "a bomb"] });
    assert.deepEqual(
      results.map(({ flagged }) => flagged),
      [false, true],
    );
  });
}

test("below /openai too", async () => {
  const other = openaiClient(gateway, { baseURL: `${gateway.url}/openai/v1` });
  assert.equal((await other.moderations.create({ input: "A calm sea" })).results.length, 1);
});

test("RTE-6 a target that fails is followed by the next", async () => {
  gateway.simulator.setScenarios([{ name: "x", match: { region: "us-east-1" }, fault: "503" }]);
  const { response } = await client.moderations.create({ input: "A calm sea" }).withResponse();
  assert.equal(response.headers.get("x-sekisho-provider"), "far");
});

test("an answer without a verdict is asked for once more", async () => {
  gateway.simulator.setScenarios([{ name: "x", match: { times: 1 }, fault: "refusal" }]);
  const already = calls();
  const { results } = await client.moderations.create({ input: "a bomb" });
  assert.equal(results[0]?.flagged, true);
  assert.equal(calls(), already + 2);
});

test("two answers without a verdict are an error, and never harmless", async () => {
  for (const fault of ["refusal", "filtered"] as const) {
    gateway.simulator.setScenarios([{ name: "x", match: {}, fault }]);
    const already = calls();
    const error = await failureOf(client.moderations.create({ input: "A calm sea" }));
    assert.equal(error.status, 502);
    assert.equal(error.headers?.get("x-sekisho-cause"), "upstream_malformed");
    assert.match(error.message, /Cannot judge the input: no verdict in 2 answers/);
    assert.equal(calls(), already + 2);
  }
});

test("one input without a verdict leaves the whole request without an answer", async () => {
  const input = ["A calm sea", "tea", "[[sim: fault=refusal]]", "more tea"];
  const error = await failureOf(client.moderations.create({ input }));
  assert.equal(error.status, 502);
});

test("MON-15 inputs beside one that fails are free, whatever was asked for them", async () => {
  const before = new Set((await gateway.settled()).rows.map(({ id }) => id));
  const input = ["a [[sim: hold]]", "b [[sim: hold]]", "[[sim: fault=400]]"];
  const error = await failureOf(client.moderations.create({ input }));
  assert.equal(error.status, 400);
  const { rows } = await gateway.settled();
  const own = rows.filter(({ id, attempt }) => !before.has(id) && attempt === 0);
  assert.deepEqual(
    own.map(({ outcome, cause, costNanoUsd }) => [outcome, cause, costNanoUsd]),
    input.map(() => ["error", "upstream_rejected", 0]),
  );
});

test("STR-6 a client that leaves ends the calls that judge for it", async () => {
  const leaving = new AbortController();
  const already = calls();
  const asking = client.moderations.create(
    { input: ["a [[sim: hold]]", "b [[sim: hold]]"] },
    { signal: leaving.signal },
  );
  await until("both are being judged", () => (calls() >= already + 2 ? true : null));
  leaving.abort();
  await assert.rejects(asking);
  await until("the provider sees them leave", () => {
    const latest = gateway.simulator.calls().slice(already);
    return latest.every(({ clientGoneMs }) => clientGoneMs !== null) ? true : null;
  });
});

const errors: readonly (readonly [
  name: string,
  ask: () => Promise<unknown>,
  errorClass: abstract new (...parts: never[]) => APIError,
  code: string,
])[] = [
  [
    "a wrong body",
    () => client.moderations.create({ input: [] }),
    OpenAI.BadRequestError,
    "invalid_value",
  ],
  [
    "an unknown model",
    () => client.moderations.create({ input: "a", model: "nobody" }),
    OpenAI.NotFoundError,
    "model_not_found",
  ],
  [
    "a wrong key",
    () => openaiClient(gateway, { apiKey: "sk-nobody" }).moderations.create({ input: "a" }),
    OpenAI.AuthenticationError,
    "invalid_api_key",
  ],
  [
    "a key for other surfaces",
    () => openaiClient(gateway, { apiKey: keys.chatOnly }).moderations.create({ input: "a" }),
    OpenAI.PermissionDeniedError,
    "forbidden",
  ],
  [
    "more inputs than the rate allows",
    () =>
      openaiClient(gateway, { apiKey: keys.slow }).moderations.create({ input: ["a", "b", "c"] }),
    OpenAI.RateLimitError,
    "rate_limit_exceeded",
  ],
  [
    "a call dearer than the budget",
    () => openaiClient(gateway, { apiKey: keys.poor }).moderations.create({ input: "a" }),
    OpenAI.APIError,
    "request_exceeds_budget",
  ],
  [
    "a provider that refuses",
    () => client.moderations.create({ input: "[[sim: fault=400]]" }),
    OpenAI.BadRequestError,
    "upstream_rejected",
  ],
];

for (const [name, ask, errorClass, code] of errors) {
  test(`error class: ${name}`, async () => {
    const error = await failureOf(ask());
    assert.ok(error instanceof errorClass, error.constructor.name);
    assert.ok([error.code, error.headers?.get("x-sekisho-cause")].includes(code), `${error.code}`);
  });
}

test("without a configured model the refusal names the setting", async () => {
  await using bare = await GatewayUnderTest.start();
  const other = openaiClient(bare);
  const error = await failureOf(other.moderations.create({ input: "a" }));
  assert.ok(error instanceof OpenAI.NotFoundError);
  assert.match(error.message, /moderations\.model\); set one, or name one in `model`/);
  assert.equal(
    (await other.moderations.create({ input: "a bomb", model: "sole" })).results.length,
    1,
  );
});
