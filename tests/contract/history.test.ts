import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";
import { SekishoClient } from "sekisho/client";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import type { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { openaiClient } from "../harness/openai-client.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

/** Its window has 8,192 tokens. The simulator refuses prompts beyond it, as the provider does. */
const short = soleModel("near", "gpt-4");

const keyOfChat = "key-of-a-chat-with-a-limit";

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    providers: {
      ...steered.providers,
      claude: {
        kind: "anthropic",
        baseUrl: `${simulatorUrl}/us-east-1`,
        credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
      },
    },
    tenants: {
      ...steered.tenants,
      shop: {
        keys: [{ id: "chat", secret: keyOfChat, requestBudget: "chat" }],
        budgets: [{ scope: "request", name: "chat", inputTokens: 2_000 }],
      },
    },
    models: {
      refusing: short,
      dropping: { ...short, history: "dropOldest" },
      wide: soleModel("near", "gpt-4-turbo"),
      claude: {
        targets: [{ provider: "claude", model: "claude-3-haiku-20240307" }],
        history: "dropOldest",
      },
    },
  };
};

let operated: OperatedGateway;
let gateway: GatewayUnderTest;
before(async () => {
  operated = await OperatedGateway.start({ config });
  ({ gateway } = operated);
});
after(() => operated[Symbol.asyncDispose]());

/** About 500 tokens. */
const long = "once upon a time in a land ".repeat(74);

type ChatMessage = OpenAI.ChatCompletionMessageParam;

/** Turns with a tool each, of about 500 tokens. */
const chatTurns = (count: number): ChatMessage[] =>
  Array.from({ length: count }, (_, turn): ChatMessage[] => [
    { role: "user", content: `Look up ${turn}` },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: `call_${turn}`, type: "function", function: { name: "find", arguments: "{}" } },
      ],
    },
    { role: "tool", tool_call_id: `call_${turn}`, content: long },
    { role: "assistant", content: `Found ${turn}` },
  ]).flat();

const tools = [
  {
    type: "function" as const,
    function: { name: "find", parameters: { type: "object", properties: {} } },
  },
];

const chat = (model: string, messages: ChatMessage[], stream = false) =>
  openaiClient(gateway)
    .chat.completions.create({ model, messages, tools, max_tokens: 500, stream })
    .withResponse();

const droppedOf = (response: Response): string | null => response.headers.get("x-sekisho-history");

const asked: ChatMessage = { role: "user", content: "And now?" };

test("MON-5 the OpenAI SDK: what has no room is left out, and the client is told", async () => {
  const messages = [{ role: "system" as const, content: "Be brief" }, ...chatTurns(40), asked];
  const { data, response } = await chat("dropping", messages);
  assert.match(droppedOf(response) ?? "", /^dropped=\d+$/);
  const dropped = Number(droppedOf(response)?.slice("dropped=".length));
  assert.equal(dropped % 4, 0, "whole turns");
  assert.ok(dropped >= 100 && dropped <= 120, `${dropped} of 160`);
  assert.ok("usage" in data);
  const prompt = data.usage?.prompt_tokens ?? 0;
  assert.ok(prompt > 4_000 && prompt <= 8_192 - 500, `${prompt} tokens were sent`);
  const [row] = await gateway.rowsOf(response);
  assert.equal(row?.input, prompt, "what was sent is booked");
  const page = await (await operated.admin("GET", "/admin/ledger?range=1h")).json();
  const { rows } = page as LedgerPage; // the server's own answer
  assert.equal(rows.find(({ id }) => id === `req_${row?.id}`)?.leftOutMessages, dropped);
});

test("MON-5 the OpenAI SDK: a stream says it in its head", async () => {
  const { response, data } = await chat("dropping", [...chatTurns(40), asked], true);
  assert.match(droppedOf(response) ?? "", /^dropped=\d+$/);
  assert.ok(Symbol.asyncIterator in data);
  for await (const chunk of data) assert.equal(chunk.object, "chat.completion.chunk");
});

test("MON-5 a replay says what its first answer said", async () => {
  const messages = [...chatTurns(40), asked];
  const ask = () =>
    openaiClient(gateway)
      .chat.completions.create(
        { model: "dropping", messages, tools, max_tokens: 500 },
        { headers: { "idempotency-key": "once" } },
      )
      .withResponse();
  const { response: first } = await ask();
  const { response: again } = await ask();
  assert.match(droppedOf(first) ?? "", /^dropped=\d+$/);
  assert.equal(again.headers.get("x-sekisho-replayed"), "true");
  assert.equal(droppedOf(again), droppedOf(first));
});

test("MON-5 over WebSocket the end of an answer says it", async () => {
  const client = new SekishoClient({ url: gateway.url, token: gateway.key });
  const ended = (messages: ChatMessage[]) =>
    client.start({ model: "dropping", messages, tools, max_tokens: 500 }).ended;
  const { leftOutMessages } = await ended([...chatTurns(40), asked]);
  assert.ok(leftOutMessages !== undefined && leftOutMessages >= 100);
  assert.equal((await ended([asked])).leftOutMessages, undefined);
  client.close();
});

test("MON-5 MON-6 a limit on each call is held against what is left", async () => {
  const headers = { authorization: `Bearer ${keyOfChat}` };
  const ask = (messages: ChatMessage[]) =>
    openaiClient(gateway)
      .chat.completions.create({ model: "dropping", messages, tools, max_tokens: 500 }, { headers })
      .withResponse();
  const { data, response } = await ask([...chatTurns(10), asked]);
  assert.match(droppedOf(response) ?? "", /^dropped=\d+$/);
  const prompt = data.usage?.prompt_tokens ?? 0;
  assert.ok(prompt > 1_000 && prompt <= 2_100, `${prompt} tokens of 2,000 were sent`);
  const error: unknown = await ask([{ role: "user", content: long.repeat(5) }]).catch(
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error && "status" in error && "code" in error);
  assert.deepEqual([error.status, error.code], [402, "request_exceeds_budget"]);
  assert.match(error.message, /2000 input tokens by estimate for each call/);
});

test("MON-5 what fits is sent whole, and nothing is said of it", async () => {
  const { response } = await chat("dropping", [...chatTurns(5), asked]);
  assert.equal(droppedOf(response), null);
});

test("MON-5 an alias that declares nothing refuses, and one where nothing may go", async () => {
  const refused = async (model: string, messages: ChatMessage[]) => {
    const error: unknown = await chat(model, messages).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && "status" in error && "code" in error);
    assert.deepEqual([error.status, error.code], [400, "context_length_exceeded"]);
    return error.message;
  };
  assert.match(await refused("refusing", [...chatTurns(40), asked]), /the window 8192$/m);
  const alone = await refused("dropping", [{ role: "user", content: long.repeat(20) }]);
  assert.match(alone, /leaves 6892 beside an answer of 500 and 800 that are kept free/);
  assert.match(alone, /nothing of its history may be left out/);
});

/** About 1,000 tokens each. */
const claudeTurns = (count: number): Anthropic.MessageParam[] =>
  Array.from({ length: count }, (_, turn): Anthropic.MessageParam[] => [
    { role: "user", content: `Question ${turn}: ${long}` },
    { role: "assistant", content: [{ type: "text", text: long }] },
  ]).flat();

for (const [model, turns] of [
  ["claude", 250],
  ["dropping", 20],
] as const) {
  test(`MON-5 the Anthropic SDK: the oldest turns are left out, of "${model}"`, async () => {
    const client = new Anthropic({ apiKey: gateway.key, baseURL: gateway.url, maxRetries: 0 });
    const ask = (count: number) =>
      client.messages
        .create({
          model,
          max_tokens: 100,
          system: "Be brief",
          messages: [...claudeTurns(count), { role: "user", content: "And now?" }],
        })
        .withResponse();
    // What providers report corrects estimates from the eighth call of a family on (MON-4).
    for (let call = 0; call < 8; call += 1) await ask(2);
    const { data, response } = await ask(turns);
    assert.match(droppedOf(response) ?? "", /^dropped=\d+$/);
    const window = model === "claude" ? 200_000 : 8_192;
    const { input_tokens: input } = data.usage;
    assert.ok(input > window / 2 && input <= window - 100, `${input} tokens were sent`);
  });
}

for (const key of [null, "kept"]) {
  const how = key === null ? "" : ", with an idempotency key too";
  test(`MON-5 who goes on from a kept answer goes on from all that was asked${how}`, async () => {
    const { responses } = openaiClient(gateway);
    const input = Array.from({ length: 20 }, (_, turn) => [
      { role: "user" as const, content: `Question ${turn}: ${long}` },
      { role: "assistant" as const, content: `Answer ${turn}` },
    ]).flat();
    const body = {
      model: "dropping",
      input: [...input, { role: "user" as const, content: "And now?" }],
      max_output_tokens: 100,
      store: true,
    };
    const headers = key === null ? {} : { "idempotency-key": key };
    const { data: first, response } = await responses.create(body, { headers }).withResponse();
    assert.match(droppedOf(response) ?? "", /^dropped=\d+$/);
    assert.ok((first.usage?.input_tokens ?? 0) < 8_192);
    const next = await responses.create({
      model: "wide",
      input: "And then?",
      previous_response_id: first.id,
      max_output_tokens: 100,
    });
    assert.ok((next.usage?.input_tokens ?? 0) > 9_000, `${next.usage?.input_tokens} tokens`);
  });
}

test("MON-5 explain says what would be left out", async () => {
  const body = { messages: [...chatTurns(40), asked], max_tokens: 500, tools };
  const { leftOutMessages, sentences, attempts } = await operated.explain({
    model: "dropping",
    body,
  });
  assert.ok(leftOutMessages >= 100, `${leftOutMessages} messages`);
  assert.ok(sentences.includes(`its oldest ${leftOutMessages} messages are left out`));
  assert.equal(attempts.length, 1);
});
