import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { startSimulator, type Simulator } from "../server.ts";
import { messagesOf, nativeOf } from "./event-ears-harness.ts";

let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
});
after(() => simulator.close());

const send = (model: string, method: string, body: object): Promise<Response> =>
  fetch(`${simulator.url}/model/${model}/${method}`, {
    method: "POST",
    body: JSON.stringify(body),
  });

type Json = Readonly<Record<string, unknown>>;

const invoke = async (model: string, body: object): Promise<Json> => {
  const response = await send(model, "invoke", body);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  // What the simulator writes is what these tests are about.
  return JSON.parse(text) as Json;
};

const stream = async (model: string, body: object): Promise<Json[]> => {
  const response = await send(model, "invoke-with-response-stream", body);
  const bytes = Buffer.from(await response.arrayBuffer());
  return messagesOf(bytes).map(({ payload }) => JSON.parse(nativeOf(payload)) as Json);
};

const claude = "anthropic.claude-opus-5";
const toClaude = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "Say hi there" }],
};

test("SIM-1 Claude answers in its own words, and Bedrock counts in the headers", async () => {
  const response = await send(claude, "invoke", toClaude);
  const message = (await response.json()) as Json & { usage: Json };
  assert.match(String(message["id"]), /^msg_bdrk_sim1-/);
  assert.deepEqual(message["content"], [{ type: "text", text: "hi there" }]);
  const header = (name: string): string | null => response.headers.get(`x-amzn-bedrock-${name}`);
  assert.equal(header("input-token-count"), String(message.usage["input_tokens"]));
  assert.equal(header("output-token-count"), "2");
});

test("SIM-1 Claude's native stream ends with what Bedrock counted", async () => {
  const events = await stream(claude, toClaude);
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      "message_start",
      "content_block_start",
      "ping",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ],
  );
  const metrics = events[7]?.["amazon-bedrock-invocationMetrics"] as Json;
  const { usage } = Object(events[6]) as { usage: Json };
  assert.deepEqual(
    [metrics["inputTokenCount"], metrics["outputTokenCount"]],
    [usage["input_tokens"], 2],
  );
});

test("SIM-1 Claude's body needs the version that Bedrock knows", async () => {
  for (const version of [null, "2023-06-01"]) {
    const response = await send(claude, "invoke", { ...toClaude, anthropic_version: version });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /anthropic_version/);
  }
});

const toNova = { messages: [{ role: "user", content: [{ text: "Say hi there" }] }] };

test("SIM-1 Nova answers in its own words", async () => {
  const limits = { inferenceConfig: { max_new_tokens: 1 } };
  const answer = await invoke("amazon.nova-lite-v1:0", { ...toNova, ...limits });
  assert.deepEqual(answer["output"], {
    message: { role: "assistant", content: [{ text: "hi" }] },
  });
  assert.equal(answer["stopReason"], "max_tokens");
  const events = await stream("amazon.nova-lite-v1:0", toNova);
  assert.deepEqual(events[0], { messageStart: { role: "assistant" } });
  assert.deepEqual(events[1]?.["contentBlockDelta"], {
    contentBlockIndex: 0,
    delta: { text: "hi" },
  });
  const last = events.at(-1);
  assert.ok(last !== undefined && "metadata" in last);
  assert.ok("amazon-bedrock-invocationMetrics" in last);
});

test("SIM-1 Titan answers in its own words", async () => {
  const model = "amazon.titan-text-express-v1";
  const asked = { inputText: "Say hi there" };
  const counted = { inputTextTokenCount: 10 };
  assert.deepEqual(await invoke(model, asked), {
    ...counted,
    results: [{ tokenCount: 2, outputText: "hi there", completionReason: "FINISH" }],
  });
  const cut = await invoke(model, { ...asked, textGenerationConfig: { maxTokenCount: 1 } });
  assert.deepEqual(cut["results"], [
    { tokenCount: 1, outputText: "hi", completionReason: "LENGTH" },
  ]);
  const events = await stream(model, asked);
  assert.deepEqual(
    events.map(({ outputText }) => outputText),
    ["hi", " there", ""],
  );
  assert.equal(events[2]?.["totalOutputTextTokenCount"], 2);
});

test("SIM-1 an account's own name for a model: the body tells the family", async () => {
  const profile = encodeURIComponent(
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
  );
  assert.equal((await invoke(profile, toClaude))["type"], "message");
  assert.ok("output" in (await invoke(profile, toNova)));
  assert.ok("results" in (await invoke(profile, { inputText: "Say hi" })));
  assert.equal((await send(profile, "invoke", { prompt: "x" })).status, 400);
});

test("SIM-1 tokens are counted of either body, and nobody pays", async () => {
  const count = async (model: string, input: object): Promise<unknown> => {
    const response = await send(model, "count-tokens", { input });
    return ((await response.json()) as Json)["inputTokens"];
  };
  const spent = simulator.bill().total.costNanoUsd;
  const body = Buffer.from(JSON.stringify(toClaude)).toString("base64");
  const native = await count(claude, { invokeModel: { body } });
  const converse = await count(claude, { converse: toNova });
  assert.deepEqual([native, converse], [10, 10]);
  assert.equal(simulator.bill().total.costNanoUsd, spent);
});
