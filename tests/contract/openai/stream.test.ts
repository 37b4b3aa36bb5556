import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type OpenAI from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../../harness/openai-client.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

type Chunk = OpenAI.Chat.ChatCompletionChunk;

const textOf = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

const streamed = async (content: string, options: object = {}): Promise<Chunk[]> => {
  const stream = await client.chat.completions.create({
    model: "sole",
    messages: asks(content),
    stream: true,
    ...options,
  });
  return Array.fromAsync(stream);
};

test("WIR-3 the head of a stream keeps caches and proxies from holding it back", async () => {
  const { data, response } = await client.chat.completions
    .create({ model: "sole", messages: asks("Hello"), stream: true })
    .withResponse();
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-cache, no-transform");
  assert.equal(response.headers.get("x-accel-buffering"), "no");
  assert.equal(response.headers.get("x-sekisho-provider"), "near");
  const chunks = await Array.fromAsync(data);
  assert.equal(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size, 1);
});

test("STR-3 chunks arrive one by one, while the provider still holds the rest", async () => {
  const stream = await client.chat.completions.create({
    model: "sole",
    messages: asks("Count slowly [[sim: tokens=12 tps=100 pause=6]]"),
    stream: true,
  });
  const producedAt: number[] = [];
  const finishes: string[] = [];
  for await (const { choices } of stream) {
    const { producedTokens = 0 } = gateway.simulator.calls().at(-1) ?? {};
    if ((choices[0]?.delta.content ?? "") !== "") producedAt.push(producedTokens);
    if (producedAt.length === 6) await gateway.letGo();
    if (typeof choices[0]?.finish_reason === "string") finishes.push(choices[0].finish_reason);
  }
  assert.equal(producedAt.length, 12);
  assert.deepEqual(finishes, ["stop"]);
  assert.equal(producedAt[5], 6, "the other half does not exist yet");
  assert.deepEqual(
    producedAt,
    producedAt.toSorted((a, b) => a - b),
  );
});

test("usage that nobody asked for is not sent, and yet in the ledger", async () => {
  const before = await gateway.usage();
  const chunks = await streamed("Reply with exactly: one two three");
  assert.equal(textOf(chunks), "one two three");
  assert.ok(chunks.every(({ choices, usage }) => choices.length === 1 && (usage ?? null) === null));
  const { rows } = await gateway.settled();
  const call = gateway.simulator.calls().at(-1);
  assert.equal(call?.outcome, "complete");
  const row = rows.at(-1);
  assert.deepEqual(
    [row?.input, row?.output, row?.costNanoUsd, row?.usageSource],
    [call.tokens.input, call.tokens.output, call.costNanoUsd, "reported"],
  );
  const now = await gateway.usage();
  assert.equal(now.outputTokens - before.outputTokens, call.tokens.output);
});

test("usage that was asked for comes in one last chunk without choices", async () => {
  const chunks = await streamed("Reply with exactly: one two three", {
    stream_options: { include_usage: true },
  });
  const { tokens } = gateway.simulator.calls().at(-1) ?? {};
  const last = chunks.at(-1);
  assert.deepEqual(last?.choices, []);
  assert.deepEqual(
    [last?.usage?.prompt_tokens, last?.usage?.completion_tokens],
    [tokens?.input, tokens?.output],
  );
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
});

const scripts = [
  "日本語の漫画は右から左へ読みます。「鬼滅の刃」、𠮷野家、髙橋さん。",
  "👩‍👩‍👧‍👦 family, 🇯🇵 flag, 👍🏽 skin tone, e\u0301 combined, ﷽ wide",
];

for (const text of scripts) {
  for (const slice of [1, 2, 3, 7]) {
    test(`WIR-6 "${text.slice(0, 5)}…" survives slices of ${slice} bytes`, async () => {
      const question = `Reply with exactly: ${text} [[sim: slice=${slice}]]`;
      assert.equal(textOf(await streamed(question)), text);
      const plain = await client.chat.completions.create({
        model: "sole",
        messages: asks(question),
      });
      assert.equal(plain.choices[0]?.message.content, text);
    });
  }
}

test("fifty parallel streams do not mix", async () => {
  const texts = Array.from(
    { length: 50 },
    (_, n) => `marker ${n} ${"漫画 👍🏽 ".repeat(1 + (n % 7))}end of ${n}`,
  );
  const answers = await Promise.all(
    texts.map(async (text, n) => {
      const chunks = await streamed(`Reply with exactly: ${text} [[sim: tps=${100 + n}]]`);
      return { text: textOf(chunks), ids: new Set(chunks.map(({ id }) => id)) };
    }),
  );
  assert.deepEqual(
    answers.map((answer) => answer.text),
    texts,
  );
  assert.equal(new Set(answers.flatMap(({ ids }) => [...ids])).size, 50);
});

test("the SDK's stream helper puts the answer together", async () => {
  const seen: string[] = [];
  const runner = client.chat.completions
    .stream({ model: "sole", messages: asks("Reply with exactly: put it together") })
    .on("content", (delta) => void seen.push(delta));
  const completion = await runner.finalChatCompletion();
  assert.equal(completion.choices[0]?.message.content, "put it together");
  assert.equal(seen.join(""), "put it together");
});

const patientConfig = (simulatorUrl: string): ConfigInput => ({
  providers: { near: { kind: "simulator", baseUrl: `${simulatorUrl}/v1` } },
  models: { patient: { targets: [{ provider: "near", model: "gpt-4-turbo" }] } },
  tenants: { demo: {} },
});

test("RTE-6 a slow provider's stream has its head and a heartbeat after 5 s", async () => {
  await using patient = await GatewayUnderTest.start({ config: patientConfig });
  const content = "Reply with exactly: at last [[sim: hold]]";
  const startedMs = performance.now();
  const [{ data }, byHand] = await Promise.all([
    openaiClient(patient)
      .chat.completions.create({ model: "patient", messages: asks(content), stream: true })
      .withResponse(),
    patient.chat(content, { model: "patient", stream: true }),
  ]);
  const headMs = performance.now() - startedMs;
  assert.ok(headMs > 4_800, `the head came after ${Math.round(headMs)} ms`);
  assert.ok(patient.simulator.calls().every(({ state }) => state === "held"));
  await patient.letGo(2);
  assert.equal(byHand.status, 200);
  // The SDK passes over the comment that others see.
  const [chunks, text] = await Promise.all([Array.fromAsync(data), byHand.text()]);
  assert.equal(textOf(chunks), "at last");
  assert.ok(text.startsWith(": ping\n\ndata: {"), text.slice(0, 80));
});
