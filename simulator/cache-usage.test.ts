import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { TokenCounts } from "./reply.ts";
import { startSimulator, type Simulator } from "./server.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
});
afterEach(() => simulator.close());

const long = "word ".repeat(2_000);
const longer = "more ".repeat(1_500);

/** Numbers, but for the two breakdowns of what was written. */
type Usage = Readonly<Record<string, number>>;

const post = async (path: string, body: object): Promise<Usage> => {
  const response = await fetch(simulator.url + path, {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { usage } = JSON.parse(text) as { usage: Usage };
  return usage;
};

const lastTokens = (): TokenCounts => simulator.calls().at(-1)?.tokens ?? assert.fail("no call");

const marked = (text: string, ttl: string): object => ({
  type: "text",
  text,
  cache_control: { type: "ephemeral", ttl },
});

const message = (marker: string = ""): object => ({
  model: "claude-haiku-4-5",
  max_tokens: 100,
  system: [marked(long, "1h")],
  messages: [
    { role: "user", content: [marked(longer, "5m"), { type: "text", text: `Say hi ${marker}` }] },
  ],
});

test("WIR-11 Anthropic: usage and bill of a prefix that is written, then read", async () => {
  const first = await post("/v1/messages", message());
  const { cacheWrite5m, cacheWrite1h, input, output } = lastTokens();
  assert.ok(cacheWrite1h > 2_000 && cacheWrite5m > 1_500);
  assert.deepEqual(first["cache_creation"], {
    ephemeral_5m_input_tokens: cacheWrite5m,
    ephemeral_1h_input_tokens: cacheWrite1h,
  });
  assert.equal(first["cache_creation_input_tokens"], cacheWrite5m + cacheWrite1h);
  assert.equal(first["input_tokens"], input - cacheWrite5m - cacheWrite1h);
  const written = simulator.calls().at(-1)?.costNanoUsd;
  const plain = (first["input_tokens"] ?? 0) * 1_000;
  assert.equal(written, plain + cacheWrite5m * 1_250 + cacheWrite1h * 2_000 + output * 5_000);

  const second = await post("/v1/messages", message());
  assert.equal(second["cache_read_input_tokens"], first["cache_creation_input_tokens"]);
  assert.equal(second["cache_creation_input_tokens"], 0);
  assert.equal(second["input_tokens"], first["input_tokens"]);
  const read = simulator.calls().at(-1)?.costNanoUsd;
  assert.equal(read, plain + (second["cache_read_input_tokens"] ?? 0) * 100 + output * 5_000);
  const { total } = simulator.bill();
  assert.equal(total.costNanoUsd, BigInt((written ?? 0) + (read ?? 0)));
  assert.deepEqual(
    [total.cachedTokens, total.cacheWrite5mTokens, total.cacheWrite1hTokens],
    [cacheWrite5m + cacheWrite1h, cacheWrite5m, cacheWrite1h],
  );
});

test("an error writes nothing, a scenario's cached tokens stand, a reset forgets", async () => {
  const refused = await fetch(`${simulator.url}/v1/messages`, {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01" },
    body: JSON.stringify(message("[[sim:fault=529]]")),
  });
  assert.equal(refused.status, 529);
  const told = await post("/v1/messages", message("[[sim:cached=9]]"));
  assert.deepEqual([told["cache_read_input_tokens"], told["cache_creation_input_tokens"]], [9, 0]);
  const first = await post("/v1/messages", message());
  assert.equal(first["cache_read_input_tokens"], 0);
  simulator.reset();
  const again = await post("/v1/messages", message());
  assert.deepEqual(again, first);
});

test("WIR-11 Converse: usage of cache points in tools, system and messages", async () => {
  const path = "/us-east-1/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
  const hour = { cachePoint: { type: "default", ttl: "1h" } };
  const minutes = { cachePoint: { type: "default" } };
  const inputSchema = { json: { type: "object" } };
  const body = {
    toolConfig: { tools: [{ toolSpec: { name: "f", description: long, inputSchema } }, hour] },
    system: [{ text: longer }, minutes],
    messages: [{ role: "user", content: [{ text: longer }, minutes, { text: "Say hi" }] }],
  };
  const first = await post(path, body);
  const { cacheWrite5m, cacheWrite1h, input, output } = lastTokens();
  assert.ok(cacheWrite1h > 2_000 && cacheWrite5m > 3_000);
  assert.deepEqual(first, {
    inputTokens: input - cacheWrite5m - cacheWrite1h,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: cacheWrite5m + cacheWrite1h,
    cacheDetails: [
      { ttl: "1h", inputTokens: cacheWrite1h },
      { ttl: "5m", inputTokens: cacheWrite5m },
    ],
  });
  const second = await post(path, body);
  assert.equal(second["cacheReadInputTokens"], first["cacheWriteInputTokens"]);
  assert.equal(second["cacheWriteInputTokens"], 0);
  const cost = simulator.calls().at(-1)?.costNanoUsd ?? 0;
  const plain = second["inputTokens"] ?? 0;
  const cached = second["cacheReadInputTokens"] ?? 0;
  assert.equal(cost, Math.ceil(plain * 1_100) + Math.ceil(cached * 110) + output * 5_500);
});

test("a conversation that goes on reads what its last turn wrote", async () => {
  const turns = [{ role: "user", content: [marked(long + longer, "5m")] }];
  const body = { model: "claude-opus-5", max_tokens: 50, messages: turns };
  const first = await post("/v1/messages", body);
  const more = [
    { role: "user", content: [{ type: "text", text: long + longer }] },
    { role: "assistant", content: "I see." },
    { role: "user", content: [marked("Go on", "5m")] },
  ];
  const second = await post("/v1/messages", { ...body, messages: more });
  assert.equal(second["cache_read_input_tokens"], first["cache_creation_input_tokens"]);
  const news = second["cache_creation_input_tokens"] ?? 0;
  assert.ok(news > 0 && news < 30);
});

const reasoned: readonly [dialect: string, path: string, body: object, perToken: number][] = [
  [
    "OpenAI",
    "/v1/chat/completions",
    { model: "claude-opus-5", messages: [{ role: "user", content: "x" }] },
    25_000,
  ],
  [
    "Anthropic",
    "/v1/messages",
    { model: "claude-opus-5", max_tokens: 99, messages: [{ role: "user", content: "x" }] },
    25_000,
  ],
  [
    "Converse",
    "/model/us.anthropic.claude-opus-5/converse",
    { messages: [{ role: "user", content: [{ text: "x" }] }] },
    27_500,
  ],
];
for (const [dialect, path, body, perToken] of reasoned) {
  test(`SIM-3 ${dialect}: reasoning is billed as output`, async () => {
    simulator.setScenarios([{ name: "thinks", answerTokens: 10, reasoningTokens: 30 }]);
    await post(path, body);
    const { input, output, reasoning } = lastTokens();
    assert.deepEqual([output, reasoning], [40, 30]);
    const cost = simulator.calls().at(-1)?.costNanoUsd;
    assert.equal(cost, input * (perToken / 5) + 40 * perToken);
  });
}
