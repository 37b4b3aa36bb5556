import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createOpenAI, type OpenAIProvider } from "@ai-sdk/openai";
import { APICallError, generateText, isStepCount, jsonSchema, streamText, tool } from "ai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { contractConfig } from "../contract-config.ts";
import { allTargets } from "../targets/all-targets.ts";
import { anthropicTarget } from "../targets/anthropic.ts";

let gateway: GatewayUnderTest;
let openai: OpenAIProvider;

before(async () => {
  gateway = await GatewayUnderTest.start({ config: contractConfig });
  openai = createOpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1` });
});
after(() => gateway[Symbol.asyncDispose]());

const weather = tool({
  description: "The weather in a city",
  inputSchema: jsonSchema<{ city: string }>({
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  }),
  execute: ({ city }) => Promise.resolve(`Rain in ${city}`),
});

for (const { name, model } of allTargets) {
  test(`${name}: the AI SDK with no option set answers, streams and calls tools`, async () => {
    const prompt = "Reply with exactly: as it comes";
    assert.equal((await generateText({ model: openai(model), prompt })).text, "as it comes");
    assert.equal(await streamText({ model: openai(model), prompt }).text, "as it comes");
    const { steps, text } = await generateText({
      model: openai(model),
      prompt: 'What is the weather in "Tokyo"? Use get_weather.',
      tools: { get_weather: weather },
      stopWhen: isStepCount(3),
    });
    assert.equal(steps.length, 2);
    assert.equal(steps[0]?.toolResults[0]?.output, "Rain in Tokyo");
    assert.notEqual(text, "");
  });
}

test("a turn that refers to an answer that is not kept is told what to set", async () => {
  const model = openai(anthropicTarget.model);
  const question = { role: "user" as const, content: "Reply with exactly: good evening" };
  const { responseMessages } = await generateText({ model, messages: [question] });
  const messages = [question, ...responseMessages, question];
  await assert.rejects(generateText({ model, messages }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.deepEqual([error.statusCode, error.isRetryable], [404, false]);
    assert.match(error.message, /not kept.+providerOptions\.openai\.store/);
    return true;
  });
  const providerOptions = { openai: { store: false } };
  const { text } = await generateText({ model, messages, providerOptions });
  assert.equal(text, "good evening");
  const keeps = { providerOptions: { openai: { store: true } } };
  const first = await generateText({ model, messages: [question], ...keeps });
  const next = [question, ...first.responseMessages, question];
  assert.equal((await generateText({ model, messages: next, ...keeps })).text, "good evening");
});
