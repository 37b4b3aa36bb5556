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

const weather: OpenAI.Chat.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};

type ToolCall = OpenAI.Chat.ChatCompletionMessageToolCall;

const called = (calls: readonly ToolCall[] | undefined): [name: string, city: unknown][] =>
  (calls ?? []).map((call) => {
    assert.equal(call.type, "function");
    const { name, arguments: text } = call.function;
    const given: unknown = JSON.parse(text);
    assert.ok(typeof given === "object" && given !== null && "city" in given);
    return [name, given.city];
  });

test("a tool is called, its result goes back, an answer follows", async () => {
  const question = asks('What is the weather in "Tokyo"? Use get_weather.');
  const first = await client.chat.completions.create({
    model: "sole",
    messages: question,
    tools: [weather],
  });
  const [choice] = first.choices;
  assert.equal(choice?.finish_reason, "tool_calls");
  assert.deepEqual(called(choice.message.tool_calls), [["get_weather", "Tokyo"]]);
  const second = await client.chat.completions.create({
    model: "sole",
    messages: [
      ...question,
      choice.message,
      {
        role: "tool",
        tool_call_id: choice.message.tool_calls?.[0]?.id ?? "",
        content: '{"sky":"clear"}',
      },
    ],
    tools: [weather],
  });
  assert.equal(second.choices[0]?.finish_reason, "stop");
  assert.ok((second.choices[0]?.message.content ?? "").length > 0);
  assert.equal(gateway.simulator.calls().at(-1)?.summary?.turns, 3);
});

const cities = asks('Use get_weather for "Paris" and "Rome".');

test("tools are called in parallel, and one at a time where the client asks for that", async () => {
  const both = await client.chat.completions.create({
    model: "sole",
    messages: cities,
    tools: [weather],
  });
  assert.deepEqual(called(both.choices[0]?.message.tool_calls), [
    ["get_weather", "Paris"],
    ["get_weather", "Rome"],
  ]);
  const one = await client.chat.completions.create({
    model: "sole",
    messages: cities,
    tools: [weather],
    parallel_tool_calls: false,
  });
  assert.equal(one.choices[0]?.message.tool_calls?.length, 1);
});

test("a tool that the client names is called, one that it forbids is not", async () => {
  const forced = await client.chat.completions.create({
    model: "sole",
    messages: asks("Hello"),
    tools: [weather],
    tool_choice: { type: "function", function: { name: "get_weather" } },
  });
  assert.equal(forced.choices[0]?.message.tool_calls?.length, 1);
  const none = await client.chat.completions.create({
    model: "sole",
    messages: cities,
    tools: [weather],
    tool_choice: "none",
  });
  assert.equal(none.choices[0]?.message.tool_calls, undefined);
});

test("arguments are streamed in pieces that belong to their call", async () => {
  const stream = await client.chat.completions.create({
    model: "sole",
    messages: cities,
    tools: [weather],
    stream: true,
  });
  const calls: { name: string; id: string; pieces: string[] }[] = [];
  for await (const { choices } of stream) {
    for (const delta of choices[0]?.delta.tool_calls ?? []) {
      const call = (calls[delta.index] ??= { name: "", id: "", pieces: [] });
      call.name += delta.function?.name ?? "";
      call.id += delta.id ?? "";
      call.pieces.push(delta.function?.arguments ?? "");
    }
  }
  assert.deepEqual(
    calls.map(({ pieces }) => JSON.parse(pieces.join(""))),
    [{ city: "Paris" }, { city: "Rome" }],
  );
  assert.ok(
    calls.every(({ name, id, pieces }) => name === "get_weather" && id !== "" && pieces.length > 2),
  );
  assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
});

test("the SDK's tool runner goes from question to answer", async () => {
  const asked: unknown[] = [];
  const runner = client.chat.completions.runTools({
    model: "sole",
    messages: cities,
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          description: "The weather in a city",
          parameters: { ...weather.function.parameters },
          parse: JSON.parse,
          function: (given: unknown) => {
            asked.push(given);
            return "clear";
          },
        },
      },
    ],
  });
  assert.ok(((await runner.finalContent()) ?? "").length > 0);
  assert.deepEqual(asked, [{ city: "Paris" }, { city: "Rome" }]);
});
