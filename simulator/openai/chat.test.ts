import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import OpenAI from "openai";
import { startSimulator, type Simulator } from "../server.ts";

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Chunk = OpenAI.ChatCompletionChunk;

const clock = new VirtualClock();
let simulator: Simulator;
let client: OpenAI;

before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock });
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: "sk-test", maxRetries: 0 });
});
after(() => simulator.close());

const body = (content: string, more: Partial<Body> = {}): Body => ({
  model: "gpt-4",
  messages: [{ role: "user", content }],
  ...more,
});

const stream = async (request: Body): Promise<Chunk[]> => {
  const chunks: Chunk[] = [];
  const options = { include_usage: true };
  const events = await client.chat.completions.create({
    ...request,
    stream: true,
    stream_options: options,
  });
  for await (const chunk of events) chunks.push(chunk);
  return chunks;
};

const textOf = (chunks: readonly Chunk[], index: number = 0): string =>
  chunks
    .flatMap((chunk) => chunk.choices)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta.content ?? "")
    .join("");

const weather: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};

test("SIM-1 a plain answer, with the model echoed and usage that adds up", async () => {
  const answer = await client.chat.completions.create(body("Reply with exactly: PONG"));
  assert.equal(answer.choices[0]?.message.content, "PONG");
  assert.equal(answer.choices[0]?.finish_reason, "stop");
  assert.deepEqual([answer.object, answer.model], ["chat.completion", "gpt-4"]);
  assert.equal(answer.created, Math.floor(clock.wallMs() / 1000));
  const {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
  } = answer.usage ?? assert.fail("no usage");
  assert.deepEqual([input, output, total], [3 + 4 + 6, 1, 14]);
  assert.match(answer.id, /^chatcmpl-sim1-/);
});

test("SIM-1 a stream says the same as a plain answer, one token per chunk", async () => {
  const asked = "日本語と絵文字で 👩‍👩‍👧 答えてください。𠮷野家はどこですか？";
  const plain = await client.chat.completions.create(body(asked));
  const chunks = await stream(body(asked));
  assert.equal(textOf(chunks), plain.choices[0]?.message.content);
  assert.ok(textOf(chunks).includes("👩‍👩‍👧") && textOf(chunks).includes("𠮷野家"));
  for (const chunk of chunks) {
    assert.ok((chunk.choices[0]?.delta.content ?? "").isWellFormed());
    assert.equal(chunk.id, chunks[0]?.id);
  }
  const usage = chunks.at(-1)?.usage;
  assert.deepEqual(chunks.at(-1)?.choices, []);
  const contents = chunks.filter((chunk) => chunk.choices[0]?.delta.content);
  assert.equal(usage?.completion_tokens, contents.length);
});

test("SIM-1 without include_usage no chunk speaks of usage", async () => {
  const events = await client.chat.completions.create({ ...body("Say hi"), stream: true });
  const chunks: Chunk[] = [];
  for await (const chunk of events) chunks.push(chunk);
  assert.equal(textOf(chunks), "hi");
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
  assert.ok(chunks.every((chunk) => !("usage" in chunk)));
});

test("SIM-1 an image is seen and counted", async () => {
  const url = "data:image/png;base64,iVBORw0KGgo=";
  const answer = await client.chat.completions.create({
    model: "gpt-4",
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is on it?" },
          { type: "image_url", image_url: { url, detail: "low" } },
        ],
      },
    ],
  });
  assert.match(answer.choices[0]?.message.content ?? "", /I see one image/);
  assert.equal(answer.usage?.prompt_tokens, 3 + 4 + 5 + 85);
});

test("SIM-1 the SDK's tool runner calls tools until it has an answer", async () => {
  const cities: string[] = [];
  const runner = client.chat.completions.runTools({
    model: "gpt-4",
    messages: [{ role: "user", content: "What is the weather in Oslo and in Rome?" }],
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          description: "The weather of a city",
          parameters: weather.function.parameters ?? {},
          function: (text: string) => {
            const { city } = JSON.parse(text) as { city: string };
            cities.push(city);
            return `${city}: 4 C`;
          },
        },
      },
    ],
  });
  assert.match((await runner.finalContent()) ?? "", /Oslo: 4 C.*Rome: 4 C/);
  assert.deepEqual(cities, ["Oslo", "Rome"]);
});

test("SIM-1 tool calls stream, each with its index, id and arguments", async () => {
  const request: Partial<Body> = { tools: [weather], tool_choice: "required" };
  const chunks = await stream(body("The weather in Oslo and in Rome", request));
  const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  const argumentsOf = (index: number): string =>
    deltas
      .filter((delta) => delta.index === index)
      .map((delta) => delta.function?.arguments ?? "")
      .join("");
  assert.deepEqual([argumentsOf(0), argumentsOf(1)], ['{"city":"Oslo"}', '{"city":"Rome"}']);
  const starts = deltas.filter((delta) => delta.id !== undefined);
  assert.deepEqual(
    starts.map((delta) => [delta.index, delta.function?.name]),
    [
      [0, "get_weather"],
      [1, "get_weather"],
    ],
  );
  assert.ok(chunks.some((chunk) => chunk.choices[0]?.finish_reason === "tool_calls"));
});

test("SIM-1 a schema is filled, and the SDK parses it", async () => {
  const answer = await client.chat.completions.parse(
    body("Review: 最高でした", {
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "review",
          strict: true,
          schema: {
            type: "object",
            properties: {
              sentiment: { type: "string", enum: ["positive", "negative"] },
              stars: { type: "integer", minimum: 1, maximum: 5 },
              tags: { type: "array", items: { type: "string" }, minItems: 3 },
            },
            required: ["sentiment", "stars", "tags"],
            additionalProperties: false,
          },
        },
      },
    }),
  );
  const parsed = answer.choices[0]?.message.parsed as {
    sentiment: string;
    stars: number;
    tags: string[];
  };
  assert.equal(parsed.sentiment, "positive");
  assert.ok(parsed.stars >= 1 && parsed.stars <= 5);
  assert.equal(parsed.tags.length, 3);
});

test("SIM-1 n, stop and max_tokens", async () => {
  const three = await client.chat.completions.create(body("Hello", { n: 3 }));
  assert.deepEqual(
    three.choices.map((choice) => choice.index),
    [0, 1, 2],
  );
  const chunks = await stream(body("Hello", { n: 3 }));
  for (const { index, message } of three.choices) {
    assert.ok(message.content?.endsWith("(This is a simulated answer.)"));
    assert.equal(textOf(chunks, index), message.content);
  }
  const stopped = await client.chat.completions.create(body("Say a b c", { stop: " c" }));
  assert.equal(stopped.choices[0]?.message.content, "a b");
  const cut = await client.chat.completions.create(body("Hello", { max_tokens: 3 }));
  assert.deepEqual([cut.choices[0]?.finish_reason, cut.usage?.completion_tokens], ["length", 3]);
});

test("SIM-2 cached and reasoning tokens stand in the usage", async () => {
  const marker = "[[sim: cached=8 reasoning=5 tokens=7]]";
  const { usage } = await client.chat.completions.create(body(`Hello there ${marker}`));
  assert.equal(usage?.prompt_tokens_details?.cached_tokens, 8);
  assert.equal(usage?.completion_tokens_details?.reasoning_tokens, 5);
  assert.equal(usage?.completion_tokens, 12);
});

test("SIM-1 models are listed, and any is known", async () => {
  const names: string[] = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.includes("gpt-4") && names.includes("gemini-1.5-pro"));
  const model = await client.models.retrieve("my/own model");
  assert.deepEqual([model.id, model.object], ["my/own model", "model"]);
});

const classes: readonly [fault: string, status: number, type: unknown][] = [
  ["400", 400, OpenAI.BadRequestError],
  ["context-length", 400, OpenAI.BadRequestError],
  ["content-filter", 400, OpenAI.BadRequestError],
  ["401", 401, OpenAI.AuthenticationError],
  ["403", 403, OpenAI.PermissionDeniedError],
  ["404", 404, OpenAI.NotFoundError],
  ["408", 408, OpenAI.APIError],
  ["409", 409, OpenAI.ConflictError],
  ["413", 413, OpenAI.APIError],
  ["422", 422, OpenAI.UnprocessableEntityError],
  ["429", 429, OpenAI.RateLimitError],
  ["quota", 429, OpenAI.RateLimitError],
  ["500", 500, OpenAI.InternalServerError],
  ["502", 502, OpenAI.InternalServerError],
  ["503", 503, OpenAI.InternalServerError],
  ["504", 504, OpenAI.InternalServerError],
  ["529", 529, OpenAI.InternalServerError],
];
for (const [fault, status, type] of classes) {
  test(`SIM-2 fault ${fault} is the SDK's error ${status}, unbilled`, async () => {
    const model = `gpt-4.sim.fault-${fault}`;
    const isThat = (error: unknown): boolean =>
      error instanceof (type as typeof OpenAI.APIError) && error.status === status;
    const spent = simulator.bill().total.costNanoUsd;
    await assert.rejects(client.chat.completions.create(body("x", { model })), isThat);
    await assert.rejects(stream(body("x", { model })), isThat);
    assert.equal(simulator.bill().total.costNanoUsd, spent);
    assert.equal(simulator.calls().at(-1)?.outcome, "error");
  });
}

test("SIM-2 retry hints are sent as they stand, nonsense too", async () => {
  const model = "gpt-4.sim.fault-429.retry-after-soon.backoff-ms-20";
  await assert.rejects(client.chat.completions.create(body("x", { model })), (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.headers?.get("retry-after"), "soon");
    assert.equal(error.headers?.get("retry-after-ms"), "20");
    assert.equal(error.code, "rate_limit_exceeded");
    return true;
  });
});

test("SIM-2 an error event in mid-stream reaches the SDK behind the content", async () => {
  const events = await client.chat.completions.create({
    ...body("x", { model: "sim.tokens-9.fault-error-event.after-4" }),
    stream: true,
  });
  const chunks: Chunk[] = [];
  await assert.rejects(async () => {
    for await (const chunk of events) chunks.push(chunk);
  }, OpenAI.APIError);
  assert.equal(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length, 4);
});

test("SIM-2 an abort in mid-stream is seen at once, billed as far as it went", async () => {
  const wall = new SystemClock();
  const own = await startSimulator({ port: 0, seed: 1, clock: wall });
  try {
    const sdk = new OpenAI({ baseURL: `${own.url}/us-west-2/v1`, apiKey: "x", maxRetries: 0 });
    const events = await sdk.chat.completions.create({
      ...body("x", { model: "gpt-4.sim.tokens-500.tps-100.pause-40" }),
      stream: true,
    });
    let seen = 0;
    for await (const chunk of events) {
      if (chunk.choices[0]?.delta.content) seen += 1;
      if (seen === 5) break;
    }
    const leftMs = wall.monotonicMs();
    const [call] = own.calls();
    while (call?.state !== "ended") await new Promise<void>((turn) => wall.soon(turn));
    assert.deepEqual([call.outcome, call.region], ["client_gone", "us-west-2"]);
    assert.ok((call.clientGoneMs ?? Infinity) - leftMs < 10_000, "long before its end");
    assert.ok(call.tokens.output >= 5 && call.tokens.output < 50, `${call.tokens.output}`);
    assert.equal(call.tokens.output, call.producedTokens);
    assert.ok(call.costNanoUsd > 0);
  } finally {
    await own.close();
  }
});
