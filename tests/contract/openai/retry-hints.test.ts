import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { assertOnce } from "../../harness/assert-once.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, countingClient, openaiClient } from "../../harness/openai-client.ts";
import { soleModel, steeredConfig } from "../../harness/steered-config.ts";
import { until } from "../../harness/until.ts";

/** Hints cool the target that sent them, so each test has targets of its own. */
const names = ["a", "b", "c", "d", "g"] as const;

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const targets = (name: string) => [
    { provider: "near", model: name, priority: 0 },
    { provider: "far", model: name, priority: 1 },
  ];
  return {
    ...steered,
    models: {
      ...Object.fromEntries(names.map((name) => [name, soleModel("near", name)])),
      both: { targets: targets("e"), balance: "failover" },
      again: {
        targets: [{ provider: "near", model: "f" }],
        attempts: { max: 2, backoffMs: 0, backoffMaxMs: 1 },
      },
    },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const hintsOf = async (model: string): Promise<(string | null | undefined)[]> => {
  const client = openaiClient(gateway);
  const answer = client.chat.completions.create({ model, messages: asks("Hello") });
  const error: unknown = await answer.catch((reason: unknown) => reason);
  assert.ok(error instanceof OpenAI.RateLimitError);
  return ["retry-after", "retry-after-ms", "x-should-retry"].map((name) =>
    error.headers?.get(name),
  );
};

test("RTE-8 seconds, milliseconds and dates are handed on, nonsense is not", async () => {
  const fault = "429" as const;
  const dateMs = Math.ceil(Date.now() / 1000 + 30) * 1000;
  gateway.simulator.setScenarios([
    { name: "seconds", match: { model: "a" }, fault, retryAfter: "7" },
    { name: "milliseconds", match: { model: "b" }, fault, retryAfterMs: "1500" },
    { name: "date", match: { model: "c" }, fault, retryAfter: new Date(dateMs).toUTCString() },
    { name: "nonsense", match: { model: "d" }, fault, retryAfter: "soon" },
  ]);
  assert.deepEqual(await hintsOf("a"), ["7", "7000", "true"]);
  assert.deepEqual(await hintsOf("b"), ["2", "1500", "true"]);
  const [seconds, milliseconds] = await hintsOf("c");
  assert.ok(Math.abs(Number(seconds) - 30) <= 2, `${seconds} s`);
  assert.ok(Math.abs(Number(milliseconds) - 30_000) <= 2_000, `${milliseconds} ms`);
  assert.deepEqual(await hintsOf("d"), [null, null, "true"]);
});

test("RTE-8 a cooling target is passed over until its pause is over", async () => {
  gateway.simulator.setScenarios([
    {
      name: "throttled once",
      match: { region: "us-east-1", model: "e", times: 1 },
      fault: "429",
      retryAfterMs: "1500",
    },
  ]);
  const client = openaiClient(gateway);
  const provider = async (): Promise<string> => {
    const asking = client.chat.completions.create({ model: "both", messages: asks("Hello") });
    const { headers } = (await asking.withResponse()).response;
    return `${headers.get("x-sekisho-provider")} ${headers.get("x-sekisho-attempts")}`;
  };
  const startedMs = performance.now();
  assert.equal(await provider(), "far 2");
  assert.equal(await provider(), "far 1");
  await until("it is asked again", async () => ((await provider()) === "near 1" ? true : null));
  assert.ok(performance.now() - startedMs >= 1_490);
});

test("RTE-8 a sole target is tried again after the pause that it asked for", async () => {
  gateway.simulator.setScenarios([
    { name: "throttled once", match: { model: "f", times: 1 }, fault: "429", retryAfterMs: "300" },
  ]);
  const startedMs = performance.now();
  const { response } = await openaiClient(gateway)
    .chat.completions.create({ model: "again", messages: asks("Hello") })
    .withResponse();
  assert.ok(performance.now() - startedMs >= 300);
  assert.equal(response.headers.get("x-sekisho-attempts"), "2");
});

test("RTE-8 nobody waits for a pause that outlasts the request", async () => {
  gateway.simulator.setScenarios([
    { name: "throttled", match: { model: "f", times: 1 }, fault: "429", retryAfter: "30" },
  ]);
  const startedMs = performance.now();
  await assert.rejects(
    openaiClient(gateway).chat.completions.create(
      { model: "again", messages: asks("Hello") },
      { headers: { "x-sekisho-request-timeout-ms": "20000" } },
    ),
    OpenAI.RateLimitError,
  );
  assert.ok(performance.now() - startedMs < 15_000);
});

test("the SDK's own retry waits as the provider asked, and succeeds", async () => {
  const took = async (): Promise<number> => {
    const match = { model: "g", times: 1 };
    gateway.simulator.setScenarios([{ name: "once", match, fault: "429", retryAfterMs: "60" }]);
    const already = gateway.simulator.calls().length;
    const { client, sent } = countingClient(gateway, { maxRetries: 2 });
    const startedMs = performance.now();
    const answer = await client.chat.completions.create({ model: "g", messages: asks("Hello") });
    const tookMs = performance.now() - startedMs;
    assert.equal(answer.choices.length, 1);
    assert.equal(sent(), 2);
    assert.equal(gateway.simulator.calls().length - already, 2);
    assert.ok(tookMs >= 60, `${tookMs} ms`);
    return tookMs;
  };
  // The SDK's own pause is 500 ms.
  await assertOnce(took, { limitMs: 450 });
});
