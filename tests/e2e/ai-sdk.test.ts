import assert from "node:assert/strict";
import { test } from "node:test";
import type OpenAI from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { steadfastHealth } from "../harness/steered-config.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { openaiClient } from "../harness/openai-client.ts";

/** A provider as somebody would write it who has a model of their own. */
const ownProvider = `
const usage = {
  inputTokens: { total: 7, noCache: 4, cacheRead: 3 },
  outputTokens: { total: 5, reasoning: 2 },
};
const finishReason = { unified: "stop", raw: "eos" };
const warnings = [{ type: "unsupported", feature: "seed" }];

export const createOwn = ({ greeting, token, fetch }: Record<string, unknown>) => ({
  languageModel: (id: string) => ({
    specificationVersion: "v3",
    provider: "own",
    modelId: id,
    doGenerate: async ({ prompt }: { prompt: { role: string }[] }) => ({
      content: [
        { type: "text", text: [greeting, id, token, prompt.length, typeof fetch].join(" ") },
      ],
      finishReason,
      usage,
      warnings,
    }),
    doStream: async () => ({
      stream: ReadableStream.from([
        { type: "stream-start", warnings },
        { type: "reasoning-delta", id: "r", delta: "Hm" },
        { type: "source", sourceType: "url", id: "s", url: "https://a.example", title: "A" },
        { type: "text-delta", id: "t", delta: "Good " },
        { type: "text-delta", id: "t", delta: "day" },
        { type: "finish", finishReason, usage },
      ]),
    }),
  }),
});
`;

const priced = { inputUsdPerMillion: 1, outputUsdPerMillion: 2, cacheReadUsdPerMillion: 0.5 };

const onOwn = (): ConfigInput => ({
  providers: {
    own: {
      kind: "ai-sdk",
      package: "./provider.ts",
      options: { greeting: "Hello from", token: "env:OWN_TOKEN" },
    },
  },
  models: { sole: { targets: [{ provider: "own", model: "mine" }] } },
  prices: { override: { mine: priced } },
});

test("REF-7 a provider of one's own answers, and its usage is booked", async () => {
  await using gateway = await GatewayUnderTest.start({
    config: onOwn,
    files: { "provider.ts": ownProvider },
    env: { OWN_TOKEN: "open-sesame" },
  });
  const whole = await gateway.chat("Hi", { seed: 5 });
  assert.equal(whole.status, 200, await whole.clone().text());
  assert.equal(whole.headers.get("x-sekisho-dropped"), "seed");
  const message: unknown = await whole.json();
  assert.match(JSON.stringify(message), /Hello from mine open-sesame 1 function/);
  const [row] = await gateway.rowsOf(whole);
  assert.deepEqual(
    [row?.input, row?.cacheRead, row?.output, row?.reasoning, row?.usageSource],
    [4, 3, 5, 2, "reported"],
  );
  assert.equal(row?.costNanoUsd, 4 * 1000 + 3 * 500 + 5 * 2000);

  const streamed = await gateway.chat("Hi", { stream: true });
  const text = await streamed.text();
  assert.match(text, /"reasoning_content":"Hm"/);
  assert.match(text, /"url":"https:\/\/a\.example"/);
  assert.match(text, /"content":"Good ".*"content":"day".*\[DONE\]/s);
});

test("a module that throws for itself is named in the log, and not tried again", async () => {
  await using gateway = await GatewayUnderTest.start({
    config: onOwn,
    files: { "provider.ts": ownProvider.replace("prompt.length", "prompt.missing.length") },
    env: { OWN_TOKEN: "open-sesame" },
  });
  for (let n = 0; n < 2; n += 1) {
    const answer = await gateway.chat("Hi");
    assert.equal(answer.status, 502);
    assert.equal(answer.headers.get("x-should-retry"), "false");
    const text = await answer.text();
    assert.match(text, /"upstream_defect"/);
    assert.doesNotMatch(text, /reading 'length'/);
  }
  const told = gateway.server.log.split("\n").filter((line) => line.includes("package.fault"));
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told.join(), /TypeError: Cannot read properties of undefined \(reading 'length'\)/);
  assert.match(told.join(), /"place":"at .*provider\.ts:\d+/);
});

const model = "gpt-4-turbo";

const besides = (simulatorUrl: string): ConfigInput => {
  const packaged = {
    kind: "ai-sdk" as const,
    package: "@ai-sdk/openai-compatible",
    options: { name: "sim", includeUsage: true },
    health: steadfastHealth,
  };
  // Faults come one after the other; none of them is to keep the next from being tried.
  const breaker = { failures: 1_000 };
  const at = (region: string) => `${simulatorUrl}/${region}/v1`;
  return {
    providers: {
      first: { ...packaged, baseUrl: at("us-east-1") },
      second: { ...packaged, baseUrl: at("us-west-2") },
      nowhere: { ...packaged, baseUrl: "http://127.0.0.1:9/v1" },
    },
    models: {
      pair: {
        targets: [
          { provider: "first", model, priority: 1 },
          { provider: "second", model, priority: 2 },
        ],
        breaker,
      },
      gone: {
        targets: [
          { provider: "nowhere", model, priority: 1 },
          { provider: "second", model, priority: 2 },
        ],
        breaker,
      },
      loose: { targets: [{ provider: "first", model }], attempts: { max: 1 }, breaker },
    },
  };
};

test("RTE-6 a package's failure leads to the next target, a lost schema to a refusal", async () => {
  await using gateway = await GatewayUnderTest.start({ config: besides });
  const { simulator } = gateway;
  for (const fault of ["503", "401", "429", "close-rst", "close-fin"] as const) {
    simulator.setScenarios([{ name: fault, match: { region: "us-east-1" }, fault }]);
    for (const stream of [true, false]) {
      const answer = await gateway.chat("Reply with exactly: served", { model: "pair", stream });
      assert.match(await answer.text(), /served/, `${fault} ${stream}`);
      assert.equal(answer.headers.get("x-sekisho-provider"), "second", `${fault} ${stream}`);
    }
  }
  simulator.setScenarios([]);
  const unreached = await gateway.chat("Reply with exactly: served", { model: "gone" });
  assert.match(await unreached.text(), /served/);
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const refused = await gateway.chat("Name a book", {
    model: "loose",
    response_format: { type: "json_schema", json_schema: { name: "book", schema } },
  });
  assert.equal(refused.status, 400);
  assert.equal(refused.headers.get("x-sekisho-cause"), "unsupported_by_target");
  assert.match(await refused.text(), /responseFormat/);
});

const reasoning = (simulatorUrl: string): ConfigInput => ({
  providers: {
    thinks: {
      kind: "ai-sdk",
      package: "@ai-sdk/anthropic",
      baseUrl: `${simulatorUrl}/us-east-1/v1`,
      credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
    },
  },
  models: { sole: { targets: [{ provider: "thinks", model: "claude-sonnet-4-6" }] } },
});

test("WIR-13 reasoning that a package has signed comes back to it", async () => {
  await using gateway = await GatewayUnderTest.start({ config: reasoning });
  const client = openaiClient(gateway);
  const asked = {
    model: "sole",
    include: ["reasoning.encrypted_content" as const],
    reasoning: { effort: "low" as const, summary: "auto" as const },
    store: false,
  };
  const question = {
    role: "user" as const,
    content: "Reply with exactly: once [[sim: reasoning=9]]",
  };
  const first = await client.responses.create({ ...asked, input: [question] });
  assert.equal(first.output_text, "once");
  const sealed = first.output.find(({ type }) => type === "reasoning");
  assert.ok(sealed?.type === "reasoning" && (sealed.encrypted_content ?? "") !== "");
  // What comes out of a response goes into the next one as it is.
  const said = first.output as OpenAI.Responses.ResponseInputItem[];
  const again = { role: "user" as const, content: "Reply with exactly: twice" };
  const { data: second, response } = await client.responses
    .create({ ...asked, input: [question, ...said, again] })
    .withResponse();
  assert.equal(second.output_text, "twice");
  assert.doesNotMatch(response.headers.get("x-sekisho-dropped") ?? "", /reasoning/);
  const words = { anthropic: { signature: "s", cacheControl: { type: "ephemeral", ttl: "1h" } } };
  const json = JSON.stringify({ of: "reasoning", words });
  const forged = said.map((item) =>
    item.type === "reasoning"
      ? { ...item, encrypted_content: Buffer.from(`ai-sdk:${json}`).toString("base64url") }
      : item,
  );
  const { data: third, response: last } = await client.responses
    .create({ ...asked, input: [question, ...forged, again] })
    .withResponse();
  assert.equal(third.output_text, "twice");
  assert.match(last.headers.get("x-sekisho-dropped") ?? "", /reasoning/);
});
