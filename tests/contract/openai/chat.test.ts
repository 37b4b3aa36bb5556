import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type OpenAI from "openai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../../harness/openai-client.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

const lastCall = () => gateway.simulator.calls().at(-1);

test("a plain answer, and the headers that say who served it", async () => {
  const { data, response, request_id } = await client.chat.completions
    .create({ model: "sole", messages: asks("Reply with exactly: hello there") })
    .withResponse();
  const [choice] = data.choices;
  assert.deepEqual([choice?.message.content, choice?.finish_reason], ["hello there", "stop"]);
  assert.equal(data.object, "chat.completion");
  assert.match(request_id ?? "", /^req_[0-9a-z]{26}$/);
  assert.equal(response.headers.get("x-sekisho-request-id"), request_id);
  const served = ["provider", "region", "model", "attempts", "cost-nano-usd"].map((name) =>
    response.headers.get(`x-sekisho-${name}`),
  );
  const { costNanoUsd } = lastCall() ?? {};
  assert.deepEqual(served, ["near", "us-east-1", "gpt-4-turbo", "1", String(costNanoUsd)]);
});

test("MON-14 the usage of a call is the provider's figure, and is in the ledger", async () => {
  const before = await gateway.usage();
  const { usage } = await client.chat.completions.create({
    model: "sole",
    messages: asks("Tell me about the sea. [[sim: tokens=40 cached=5]]"),
  });
  const call = lastCall();
  assert.equal(usage?.completion_tokens, 40);
  assert.equal(usage?.prompt_tokens, call?.tokens.input);
  assert.equal(usage?.prompt_tokens_details?.cached_tokens, 5);
  const { rows } = await gateway.settled();
  const row = rows.at(-1);
  assert.deepEqual([row?.outcome, row?.usageSource], ["ok", "reported"]);
  const now = await gateway.usage();
  // WIR-11: what the provider counts as cached is taken out of the input.
  assert.equal(now.inputTokens - before.inputTokens, usage.prompt_tokens - 5);
  assert.equal(now.cachedTokens - before.cachedTokens, 5);
  assert.equal(now.outputTokens - before.outputTokens, 40);
  assert.equal(Number(now.costNanoUsd) - Number(before.costNanoUsd), call?.costNanoUsd);
});

test("system, developer and assistant messages, names and sampling arrive", async () => {
  const answer = await client.chat.completions.create({
    model: "sole",
    messages: [
      { role: "system", content: "You are terse." },
      { role: "developer", content: [{ type: "text", text: "Very terse." }] },
      { role: "user", content: "Hi", name: "yuki" },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "Reply with exactly: fine" },
    ],
    temperature: 0.2,
    top_p: 0.9,
    seed: 7,
    stop: ["STOP"],
    max_completion_tokens: 50,
    user: "u-1",
    metadata: { a: "b" },
  });
  assert.equal(answer.choices[0]?.message.content, "fine");
  assert.deepEqual([lastCall()?.summary?.turns, lastCall()?.summary?.maxTokens], [5, 50]);
});

test("a cap that is reached ends the answer with finish_reason length", async () => {
  const answer = await client.chat.completions.create({
    model: "sole",
    messages: asks("Tell me a long story [[sim: tokens=200]]"),
    max_tokens: 10,
  });
  assert.equal(answer.choices[0]?.finish_reason, "length");
  assert.equal(answer.usage?.completion_tokens, 10);
});

test("several choices in one call", async () => {
  const answer = await client.chat.completions.create({
    model: "sole",
    messages: asks("Reply with exactly: twice"),
    n: 2,
  });
  assert.deepEqual(
    answer.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, "twice"],
      [1, "twice"],
    ],
  );
});

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD" +
  "hgGAWjR9awAAAABJRU5ErkJggg==";

test("images by data URL and by address reach the provider", async () => {
  const answer = await client.chat.completions.create({
    model: "sole",
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Reply with exactly: seen" },
          { type: "image_url", image_url: { url: pixel, detail: "low" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        ],
      },
    ],
  });
  assert.equal(answer.choices[0]?.message.content, "seen");
  assert.equal(lastCall()?.summary?.images, 2);
});

const bookFormat = {
  type: "json_schema",
  json_schema: {
    name: "book",
    strict: true,
    schema: {
      type: "object",
      properties: { title: { type: "string" }, pages: { type: "integer" } },
      required: ["title", "pages"],
      additionalProperties: false,
    },
  },
} as const;

const isBook = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "title" in value &&
  typeof value.title === "string" &&
  "pages" in value &&
  Number.isInteger(value.pages);

test("a JSON schema shapes the answer, and the SDK's parse() reads it", async () => {
  const messages = asks("Name a book.");
  const plain = await client.chat.completions.create({
    model: "sole",
    messages,
    response_format: bookFormat,
  });
  assert.equal(lastCall()?.summary?.format, "schema");
  assert.ok(isBook(JSON.parse(plain.choices[0]?.message.content ?? "")));
  const parsed = await client.chat.completions.parse({
    model: "sole",
    messages,
    response_format: bookFormat,
  });
  assert.ok(isBook(parsed.choices[0]?.message.parsed));
});

test("JSON mode answers with an object", async () => {
  const answer = await client.chat.completions.create({
    model: "sole",
    messages: asks("Answer in JSON."),
    response_format: { type: "json_object" },
  });
  assert.equal(typeof JSON.parse(answer.choices[0]?.message.content ?? ""), "object");
});

test("a refusal and a filtered answer are the client's, as they are", async () => {
  const refused = await client.chat.completions.create({
    model: "sole",
    messages: asks("Do it [[sim: fault=refusal]]"),
  });
  assert.equal(typeof refused.choices[0]?.message.refusal, "string");
  const filtered = await client.chat.completions.create({
    model: "sole",
    messages: asks("Go on and on [[sim: fault=filtered after=3 tokens=30]]"),
  });
  assert.equal(filtered.choices[0]?.finish_reason, "content_filter");
});
