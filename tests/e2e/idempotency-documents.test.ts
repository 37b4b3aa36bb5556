import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { embeddingConfig } from "../contract/embeddings/embedding-config.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const config = (url: string): ConfigInput => {
  const vectors = embeddingConfig(url);
  const steered = steeredConfig(url);
  return {
    providers: { ...vectors.providers, ...steered.providers },
    models: { ...vectors.models, ...steered.models },
    tenants: steered.tenants,
    moderations: { model: "sole" },
    streams: { graceMs: 3_000 },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
beforeEach(() => gateway.simulator.setScenarios([]));
after(() => gateway[Symbol.asyncDispose]());

let made = 0;
const newKey = (): string => `document-${(made += 1)}`;
const calls = (): number => gateway.simulator.calls().length;

const ask = (key: string, path: string, body: object): Promise<Response> =>
  gateway.post(path, body, { "idempotency-key": key });

const input = ["tea", "自転車", "naïve"];

const asked: readonly (readonly [path: string, body: object, other: object, calls: number])[] = [
  ["/v1/embeddings", { model: "openai", input }, { model: "openai", input: "other" }, 1],
  ["/v1/embeddings", { model: "titan", input }, { model: "titan", input, dimensions: 256 }, 3],
  ["/openai/v1/embeddings", { model: "gemini", input }, { model: "gemini", input: ["x"] }, 1],
  ["/model/titan/invoke", { inputText: "tea" }, { inputText: "coffee" }, 1],
  ["/v1/moderations", { input: "a bomb" }, { input: "tea" }, 1],
  ["/v1/moderations", { input: ["a bomb", "tea", "tea", "suicide"] }, { input: "tea" }, 4],
];

for (const [n, [path, body, other, count]] of asked.entries()) {
  test(`STR-13 ${n} ${path}: racers and who comes later get the same bytes`, async () => {
    const key = newKey();
    const before = calls();
    const racers = await Promise.all([ask(key, path, body), ask(key, path, body)]);
    const texts = await Promise.all(racers.map((each) => each.text()));
    const later = await ask(key, path, body);
    assert.deepEqual(
      [racers.map(({ status }) => status), later.status],
      [[200, 200], 200],
      texts.join("\n"),
    );
    assert.deepEqual([texts[1], await later.text()], [texts[0], texts[0]]);
    assert.equal(calls(), before + count);
    assert.equal(later.headers.get("x-sekisho-replayed"), "true");
    assert.equal(later.headers.get("x-sekisho-cost-nano-usd"), "0");
    const first = racers.find(({ headers }) => headers.get("x-sekisho-replayed") === null);
    assert.equal(
      later.headers.get("x-sekisho-first-request-id"),
      first?.headers.get("x-sekisho-request-id"),
    );
    const names = ["content-type", "x-sekisho-provider", "x-sekisho-model", "x-sekisho-attempts"];
    for (const name of names) assert.equal(later.headers.get(name), first?.headers.get(name), name);
    const mismatched = await ask(key, path, other);
    assert.equal(mismatched.headers.get("x-sekisho-cause"), "idempotency_mismatch");
    // As AWS's own service refuses what contradicts itself.
    assert.equal(mismatched.status, path.startsWith("/model") ? 400 : 422);
    assert.equal(calls(), before + count);
    const { rows } = await gateway.settled();
    const costs = rows.filter(({ attempt }) => attempt === 0).map(({ costNanoUsd }) => costNanoUsd);
    const billed = gateway.simulator.calls().reduce((sum, call) => sum + call.costNanoUsd, 0);
    assert.equal(
      costs.reduce((sum, cost) => sum + cost, 0),
      billed,
    );
  });
}

test("STR-13 vectors whose client has left are there for who comes back", async () => {
  const key = newKey();
  const leaving = new AbortController();
  gateway.simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
  const body = { model: "openai", input };
  const before = calls();
  const first = fetch(`${gateway.url}/v1/embeddings`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  await until("the call is under way", () => (calls() > before ? true : null));
  leaving.abort();
  await assert.rejects(first);
  const repeated = ask(key, "/v1/embeddings", body);
  await gateway.letGo();
  gateway.simulator.setScenarios([]);
  const again = await repeated;
  assert.equal(again.status, 200);
  assert.equal(again.headers.get("x-sekisho-replayed"), "true");
  assert.equal((JSON.parse(await again.text()) as { data: unknown[] }).data.length, input.length);
  assert.equal(calls(), before + 1);
});

for (const [fault, status] of [
  ["503", 503],
  ["429", 429],
] as const) {
  test(`STR-13 vectors that failed with ${fault} leave the name free`, async () => {
    const key = newKey();
    gateway.simulator.setScenarios([{ name: "x", match: {}, fault }]);
    const failed = await ask(key, "/v1/embeddings", { model: "openai", input });
    assert.equal(failed.status, status, await failed.text());
    gateway.simulator.setScenarios([]);
    await gateway.settled();
    const again = await ask(key, "/v1/embeddings", { model: "openai", input });
    assert.equal(again.status, 200, await again.text());
    assert.equal(again.headers.get("x-sekisho-replayed"), null);
  });
}

test("STR-13 of inputs one of which failed the others are not judged twice", async () => {
  const key = newKey();
  const body = { input: ["tea", "a bomb", "cake [[sim: fault=503]]", "coffee"] };
  const failed = await ask(key, "/v1/moderations", body);
  assert.equal(failed.status, 503, await failed.text());
  await gateway.settled();
  const before = calls();
  // The same words fail again: of the four inputs one is asked for.
  const again = await ask(key, "/v1/moderations", body);
  assert.equal(again.status, 503, await again.text());
  const more = calls() - before;
  assert.ok(more >= 1 && more <= 2, `${more} calls`);
});
