import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { startSimulator, type Simulator } from "../server.ts";
import { jsonOf, messagesOf } from "./event-ears-harness.ts";

let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
});
after(() => simulator.close());

const claude = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

const send = (body: object, method = "converse", model = encodeURIComponent(claude)) =>
  fetch(`${simulator.url}/us-west-2/model/${model}/${method}`, {
    method: "POST",
    body: JSON.stringify({
      messages: [{ role: "user", content: [{ text: "Say hi there" }] }],
      ...body,
    }),
  });

type Block = Readonly<Record<string, unknown>>;

interface Answer {
  readonly output: { readonly message: { readonly content: readonly Block[] } };
  readonly stopReason: string;
  readonly additionalModelResponseFields?: unknown;
  readonly usage: Readonly<Record<string, unknown>>;
}

const ask = async (body: object): Promise<Answer> => {
  const response = await send(body);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  // What the simulator writes is what these tests are about.
  return JSON.parse(text) as Answer;
};

const contentOf = ({ output }: Answer): readonly Block[] => output.message.content;
const user = (...content: object[]): object => ({ messages: [{ role: "user", content }] });

interface Heard {
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

const stream = async (body: object): Promise<Heard[]> => {
  const response = await send(body, "converse-stream");
  const bytes = Buffer.from(await response.arrayBuffer());
  return messagesOf(bytes).map(({ name, payload }) => ({
    name,
    json: JSON.parse(jsonOf(payload) ?? "null") as Heard["json"],
  }));
};

const weather = {
  toolSpec: {
    name: "get_weather",
    description: "The weather of a city",
    inputSchema: {
      json: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
};
const toolConfig = { tools: [weather] };

test("SIM-1 a plain answer, with usage that adds up", async () => {
  const response = await send({});
  assert.match(response.headers.get("x-amzn-requestid") ?? "", /^sim1-/);
  const answer = (await response.json()) as Answer;
  assert.deepEqual(contentOf(answer), [{ text: "hi there" }]);
  assert.equal(answer.stopReason, "end_turn");
  const { inputTokens, outputTokens, totalTokens } = answer.usage;
  assert.equal(Number(inputTokens) + Number(outputTokens), totalTokens);
  const call = simulator.calls().at(-1);
  assert.deepEqual([call?.model, call?.path], [claude, "/model/{model}/converse"]);
});

test("SIM-1 a stream says the same, usage behind the stop", async () => {
  const events = await stream({});
  assert.deepEqual(
    events.map(({ name }) => name),
    [
      "messageStart",
      "contentBlockDelta",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ],
  );
  assert.deepEqual(events[1]?.json, { contentBlockIndex: 0, delta: { text: "hi" } });
  const answer = await ask({});
  assert.deepEqual(events[5]?.json["usage"], answer.usage);
});

const profileArn =
  "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-5";
const names: readonly [segment: string, model: string, priced: string][] = [
  ["us.anthropic.claude-opus-5", "us.anthropic.claude-opus-5", "us.anthropic.claude-opus-5"],
  ["amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"],
  ["amazon.nova-lite-v1%3A0", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"],
  [encodeURIComponent(profileArn), profileArn, "eu.anthropic.claude-opus-5"],
  [
    "anthropic.claude-opus-5.sim.tokens-3",
    "anthropic.claude-opus-5.sim.tokens-3",
    "anthropic.claude-opus-5",
  ],
];
for (const [segment, model, priced] of names) {
  test(`WIR-4 ${segment} is one segment: ${model}`, async () => {
    const response = await send({}, "converse", segment);
    assert.equal(response.status, 200, await response.text());
    const call = simulator.calls().at(-1);
    assert.deepEqual([call?.model, call?.pricedModel, call?.region], [model, priced, "us-west-2"]);
  });
}

test("SIM-1 one tool, several at once, and their results", async () => {
  const asked = { role: "user", content: [{ text: "What is the weather in Oslo and in Rome?" }] };
  const called = await ask({ messages: [asked], toolConfig });
  assert.equal(called.stopReason, "tool_use");
  const uses = contentOf(called).map(({ toolUse }) => toolUse as Record<string, unknown>);
  assert.deepEqual(
    uses.map(({ input }) => input),
    [{ city: "Oslo" }, { city: "Rome" }],
  );
  const results = uses.map(({ toolUseId }, n) => ({
    toolResult: { toolUseId, content: [n === 0 ? { text: "4 C" } : { json: { celsius: 20 } }] },
  }));
  const messages = [
    asked,
    { role: "assistant", content: contentOf(called) },
    { role: "user", content: results },
  ];
  const answered = await ask({ messages, toolConfig });
  assert.match(String(contentOf(answered)[0]?.["text"]), /4 C.*20/);
});

test("SIM-1 a call's arguments stream in pieces", async () => {
  const events = await stream({ ...user({ text: "The weather in Oslo" }), toolConfig });
  const start = events.find(({ name }) => name === "contentBlockStart");
  const { toolUse } = Object(start?.json["start"]) as { toolUse: Record<string, unknown> };
  assert.equal(toolUse["name"], "get_weather");
  assert.match(String(toolUse["toolUseId"]), /^tooluse_/);
  const pieces = events
    .filter(({ name }) => name === "contentBlockDelta")
    .map(({ json }) => (json["delta"] as { toolUse: { input: string } }).toolUse.input);
  assert.ok(pieces.length > 2);
  assert.equal(pieces.join(""), '{"city":"Oslo"}');
});

test("SIM-1 outputConfig gives a value of the schema, a forced tool too", async () => {
  const schema = { type: "object", properties: { safe: { type: "boolean" } }, required: ["safe"] };
  const structure = { jsonSchema: { name: "judgement", schema: JSON.stringify(schema) } };
  const answer = await ask({ outputConfig: { textFormat: { type: "json_schema", structure } } });
  assert.match(String(contentOf(answer)[0]?.["text"]), /^\{"safe":(?:true|false)\}$/);
  const forced = await ask({
    toolConfig: { tools: [weather], toolChoice: { tool: { name: "get_weather" } } },
  });
  assert.equal(forced.stopReason, "tool_use");
});

const endings: readonly [what: string, body: object, reason: string][] = [
  ["the end", {}, "end_turn"],
  ["maxTokens", { inferenceConfig: { maxTokens: 1 } }, "max_tokens"],
  ["a stop sequence", { inferenceConfig: { stopSequences: [" there"] } }, "stop_sequence"],
  ["a filter", user({ text: "Hello [[sim:fault=filtered after=3]]" }), "content_filtered"],
  ["a guardrail", user({ text: "Hello [[sim:fault=guardrail after=3]]" }), "guardrail_intervened"],
];
for (const [what, body, reason] of endings) {
  test(`SIM-1 stop reason of ${what}: ${reason}, plain and streamed`, async () => {
    const answer = await ask(body);
    assert.equal(answer.stopReason, reason);
    const events = await stream(body);
    const stop = events.find(({ name }) => name === "messageStop");
    assert.equal(stop?.json["stopReason"], reason);
    assert.deepEqual(
      stop?.json["additionalModelResponseFields"],
      answer.additionalModelResponseFields,
    );
  });
}

test("SIM-1 reasoning that is enabled is shown, signed, and taken back as it was", async () => {
  const thinking = { type: "enabled", budget_tokens: 1_024 };
  const request = { additionalModelRequestFields: { thinking } };
  const asked = { role: "user", content: [{ text: "Hello" }] };
  const [thought, said] = contentOf(await ask({ messages: [asked], ...request }));
  const { reasoningText } = Object(thought?.["reasoningContent"]) as {
    reasoningText: { text: string; signature: string };
  };
  assert.match(reasoningText.signature, /^[\w+/]{80,}=*$/);
  const again = (text: string): Promise<Response> => {
    const reasoning = { reasoningContent: { reasoningText: { ...reasoningText, text } } };
    const answer = { role: "assistant", content: [reasoning, said] };
    return send({ messages: [asked, answer, asked], ...request });
  };
  assert.equal((await again(reasoningText.text)).status, 200);
  assert.equal((await again("something else")).status, 400);

  const events = await stream({ messages: [asked], ...request });
  const deltas = events.map(({ json }) => {
    const delta = Object(json["delta"]) as { reasoningContent?: Record<string, string> };
    return delta.reasoningContent ?? {};
  });
  assert.equal(deltas.map(({ text }) => text ?? "").join(""), reasoningText.text);
  const signed = deltas.find(({ signature }) => signature !== undefined);
  assert.equal(signed?.["signature"], reasoningText.signature);
});

test("SIM-1 images and documents are accepted and counted", async () => {
  const text = { text: "Say hi" };
  const bytes = Buffer.from("one two three").toString("base64");
  const input = async (...more: object[]): Promise<number> =>
    Number((await ask(user(text, ...more))).usage["inputTokens"]);
  const bare = await input();
  assert.equal((await input({ image: { format: "png", source: { bytes } } })) - bare, 765);
  const document = (format: string): object => ({
    document: { format, name: "d", source: { bytes } },
  });
  assert.equal((await input(document("pdf"))) - bare, 765);
  assert.equal((await input(document("txt"))) - bare, 3);
});

const refused: readonly [what: string, body: object, message: RegExp][] = [
  ["no messages", { messages: null }, /messages/],
  [
    "an answer first",
    { messages: [{ role: "assistant", content: [{ text: "x" }] }] },
    /start with a user message/,
  ],
  ["a content block of no kind", user({ sound: {} }), /Unknown content block/],
  [
    "a result of no call",
    user({ toolResult: { toolUseId: "x", content: [] } }),
    /no toolUse block/,
  ],
  ["a mistyped marker", user({ text: "x [[sim:fault=418]]" }), /Unknown fault/],
  ["a wrong ttl", user({ text: "x" }, { cachePoint: { type: "default", ttl: "2h" } }), /ttl/],
];
for (const [what, body, message] of refused) {
  test(`${what} is refused in Bedrock's shape`, async () => {
    const response = await send(body);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("x-amzn-errortype"), "ValidationException");
    assert.match(((await response.json()) as { message: string }).message, message);
  });
}

test("an unknown method of a model is refused in Bedrock's shape", async () => {
  const response = await send({}, "converse-backwards");
  assert.deepEqual(
    [response.status, response.headers.get("x-amzn-errortype")],
    [404, "UnknownOperationException"],
  );
});
