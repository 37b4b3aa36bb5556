import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { startSimulator, type Simulator } from "../server.ts";

let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
});
after(() => simulator.close());

const versioned = { "anthropic-version": "2023-06-01" };

const send = (
  body: object,
  headers: object = versioned,
  path = "/v1/messages",
): Promise<Response> =>
  fetch(`${simulator.url}/us-west-2${path}`, {
    method: "POST",
    headers: { ...headers },
    body: JSON.stringify({
      model: "claude-haiku-4-5",
      max_tokens: 2_000,
      messages: [{ role: "user", content: "Say hi there" }],
      ...body,
    }),
  });

interface Message {
  readonly id: string;
  readonly content: readonly { readonly type: string; readonly [name: string]: unknown }[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: Readonly<Record<string, unknown>>;
}

const ask = async (body: object, headers: object = versioned): Promise<Message> => {
  const response = await send(body, headers);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  // What the simulator writes is what these tests are about.
  return JSON.parse(text) as Message;
};

const user = (content: unknown): object => ({ messages: [{ role: "user", content }] });

interface Heard {
  readonly type: string;
  readonly [name: string]: unknown;
}

const stream = async (body: object): Promise<Heard[]> => {
  const response = await send({ stream: true, ...body });
  const events = (await response.text()).split("\n\n").slice(0, -1);
  return events.map((event) => {
    const [, name, data = "null"] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
    const json = JSON.parse(data) as Heard;
    assert.equal(json.type, name);
    return json;
  });
};

const weather = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  },
};

test("SIM-1 a plain message: id, model, content, stop reason and usage that adds up", async () => {
  const response = await send({});
  const message = (await response.json()) as Message & { model: string };
  assert.match(message.id, /^msg_sim1-/);
  assert.equal(response.headers.get("request-id"), message.id.replace("msg_", "req_"));
  assert.equal(message.model, "claude-haiku-4-5");
  assert.deepEqual(message.content, [{ type: "text", text: "hi there" }]);
  assert.deepEqual([message.stop_reason, message.stop_sequence], ["end_turn", null]);
  const counted = await send({}, versioned, "/v1/messages/count_tokens");
  assert.deepEqual(await counted.json(), { input_tokens: message.usage["input_tokens"] });
  assert.equal(message.usage["output_tokens"], 2);
});

test("SIM-1 a stream says the same, event by event", async () => {
  const events = await stream({});
  assert.deepEqual(
    events.map((event) => event.type),
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
  assert.deepEqual(events[3]?.["delta"], { type: "text_delta", text: "hi" });
  const [start, , , , , , end] = events;
  const { usage } = Object(start?.["message"]) as Message;
  const last = end?.["usage"] as Message["usage"];
  assert.equal(usage["input_tokens"], last["input_tokens"]);
  assert.deepEqual([usage["output_tokens"], last["output_tokens"]], [1, 2]);
});

test("SIM-1 counting costs nothing and stands in the journal", async () => {
  const before = simulator.bill().total;
  await (await send({}, versioned, "/v1/messages/count_tokens")).text();
  const call = simulator.calls().at(-1);
  assert.deepEqual([call?.path, call?.costNanoUsd], ["/v1/messages/count_tokens", 0]);
  assert.equal(simulator.bill().total.costNanoUsd, before.costNanoUsd);
});

test("SIM-1 one tool, several at once, and their results", async () => {
  const asked = { role: "user", content: "What is the weather in Oslo and in Rome?" };
  const called = await ask({ messages: [asked], tools: [weather] });
  assert.equal(called.stop_reason, "tool_use");
  const uses = called.content.filter((block) => block.type === "tool_use");
  assert.deepEqual(
    uses.map((use) => use["input"]),
    [{ city: "Oslo" }, { city: "Rome" }],
  );
  const one = await ask({
    messages: [asked],
    tools: [weather],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  });
  assert.equal(one.content.length, 1);
  const results = uses.map((use, n) => ({
    type: "tool_result",
    tool_use_id: use["id"],
    content: n === 0 ? "4 C" : [{ type: "text", text: "20 C" }],
  }));
  const messages = [
    asked,
    { role: "assistant", content: called.content },
    { role: "user", content: results },
  ];
  const answered = await ask({ messages, tools: [weather] });
  assert.match(String(answered.content[0]?.["text"]), /4 C.*20 C/);
});

test("SIM-1 a call's arguments stream in pieces", async () => {
  const events = await stream({ ...user("The weather in Oslo"), tools: [weather] });
  const start = events.find((event) => event.type === "content_block_start");
  const block = start?.["content_block"] as Record<string, unknown>;
  assert.deepEqual([block["type"], block["name"], block["input"]], ["tool_use", "get_weather", {}]);
  assert.match(String(block["id"]), /^toolu_/);
  const pieces = events
    .map((event) => (event["delta"] as Record<string, string> | undefined)?.["partial_json"])
    .filter((piece) => piece !== undefined);
  assert.ok(pieces.length > 2);
  assert.equal(pieces.join(""), '{"city":"Oslo"}');
});

test("SIM-1 output_config gives a value of the schema, a forced tool too", async () => {
  const schema = { type: "object", properties: { safe: { type: "boolean" } }, required: ["safe"] };
  const answer = await ask({ output_config: { format: { type: "json_schema", schema } } });
  assert.match(String(answer.content[0]?.["text"]), /^\{"safe":(?:true|false)\}$/);
  const tool = { name: "judge", input_schema: schema };
  const forced = await ask({ tools: [tool], tool_choice: { type: "tool", name: "judge" } });
  const [use] = forced.content;
  assert.equal(typeof (Object(use?.["input"]) as { safe: unknown }).safe, "boolean");
});

const endings: readonly [what: string, body: object, reason: string, sequence: string | null][] = [
  ["the end", {}, "end_turn", null],
  ["max_tokens", { max_tokens: 1 }, "max_tokens", null],
  ["a stop sequence", { stop_sequences: ["there", "hi there"] }, "stop_sequence", "hi there"],
  ["a filter", user("Hello [[sim:fault=filtered after=3]]"), "refusal", null],
  ["a refusal", user("Hello [[sim:fault=refusal]]"), "refusal", null],
];
for (const [what, body, reason, sequence] of endings) {
  test(`SIM-1 stop reason of ${what}: ${reason}, plain and streamed`, async () => {
    const message = await ask(body);
    assert.deepEqual([message.stop_reason, message.stop_sequence], [reason, sequence]);
    const events = await stream(body);
    const end = events.find((event) => event.type === "message_delta");
    const delta = end?.["delta"] as Message;
    assert.deepEqual([delta.stop_reason, delta.stop_sequence], [reason, sequence]);
  });
}

test("SIM-1 thinking that is enabled is shown, signed, and taken back only as it was", async () => {
  const thinking = { type: "enabled", budget_tokens: 1_024 };
  const asked = { role: "user", content: "Hello" };
  const message = await ask({ messages: [asked], thinking });
  const [thought] = message.content;
  assert.equal(thought?.type, "thinking");
  assert.match(String(thought?.["signature"]), /^[\w+/]{80,}=*$/);
  const details = message.usage["output_tokens_details"] as { thinking_tokens: number };
  assert.ok(details.thinking_tokens > 3);
  const again = (block: object): Promise<Response> =>
    send({
      messages: [asked, { role: "assistant", content: [block, message.content[1]] }, asked],
      thinking,
    });
  assert.equal((await again(thought ?? {})).status, 200);
  const changed = await again({ ...thought, thinking: "something else" });
  assert.equal(changed.status, 400);
  assert.match(await changed.text(), /Invalid `signature` in `thinking` block/);

  const events = await stream({ messages: [asked], thinking });
  const deltas = events.map((event) => (event["delta"] ?? {}) as Record<string, string>);
  const text = deltas.map((delta) => delta["thinking"] ?? "").join("");
  assert.equal(text, thought?.["thinking"]);
  const signed = deltas.find((delta) => delta["type"] === "signature_delta");
  assert.equal(signed?.["signature"], thought?.["signature"]);
});

test("SIM-2 hidden reasoning of a scenario is in the usage alone", async () => {
  const message = await ask(user("Hello [[sim: tokens=7 reasoning=5]]"));
  assert.deepEqual(message.usage["output_tokens_details"], { thinking_tokens: 5 });
  assert.deepEqual([message.usage["output_tokens"], message.content.length], [12, 1]);
});

test("SIM-1 images and documents are accepted and counted", async () => {
  const text = { type: "text", text: "Say hi" };
  const source = { type: "base64", media_type: "image/png", data: "AAAA" };
  const input = async (...more: object[]): Promise<number> =>
    Number((await ask(user([text, ...more]))).usage["input_tokens"]);
  const bare = await input();
  assert.equal((await input({ type: "image", source })) - bare, 765);
  assert.equal((await input({ type: "document", source })) - bare, 765);
  const plain = { type: "text", media_type: "text/plain", data: "one two three" };
  assert.equal((await input({ type: "document", source: plain })) - bare, 3);
});

const sampling: readonly [version: string, model: string, body: object, status: number][] = [
  ["2023-06-01", "claude-haiku-4-5", { temperature: 0.5, top_k: 5 }, 200],
  ["2023-06-01", "claude-haiku-4-5", { temperature: 0.5, top_p: 0.5 }, 400],
  ["2023-06-01", "claude-3-haiku-20240307", { temperature: 0.5, top_p: 0.5 }, 200],
  ["2023-06-01", "claude-opus-5", { temperature: 0.5 }, 400],
  ["2026-10-21", "claude-opus-5", {}, 200],
  ["2026-10-21", "claude-haiku-4-5", { temperature: 1 }, 400],
  ["2026-10-21", "claude-haiku-4-5", { top_k: 5 }, 400],
];
for (const [version, model, body, status] of sampling) {
  test(`SIM-1 ${version}, ${model}, ${JSON.stringify(body)}: ${status}`, async () => {
    const response = await send({ model, ...body }, { "anthropic-version": version });
    assert.equal(response.status, status, await response.text());
  });
}

const refused: readonly [what: string, body: object, headers: object, message: RegExp][] = [
  ["no version", {}, {}, /anthropic-version: header is required/],
  ["an unknown version", {}, { "anthropic-version": "2020-01-01" }, /not a valid version/],
  ["no max_tokens", { max_tokens: null }, versioned, /max_tokens/],
  ["no messages", { messages: null }, versioned, /messages/],
  ["a wrong role", { messages: [{ role: "tool", content: "x" }] }, versioned, /role/],
  [
    "a result of no call",
    user([{ type: "tool_result", tool_use_id: "x" }]),
    versioned,
    /tool_use_id/,
  ],
  [
    "a call without a result",
    {
      messages: [
        { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: {} }] },
        { role: "user", content: "x" },
      ],
    },
    versioned,
    /without `tool_result` blocks/,
  ],
  ["a mistyped marker", user("x [[sim:fault=418]]"), versioned, /Unknown fault/],
  [
    "a wrong ttl",
    user([{ type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "2h" } }]),
    versioned,
    /ttl/,
  ],
];
for (const [what, body, headers, message] of refused) {
  test(`${what} is refused in Anthropic's shape`, async () => {
    const response = await send(body, headers);
    const error = (await response.json()) as {
      type: string;
      error: { type: string; message: string };
      request_id: string;
    };
    assert.equal(response.status, 400);
    assert.deepEqual([error.type, error.error.type], ["error", "invalid_request_error"]);
    assert.match(error.error.message, message);
    assert.equal(error.request_id, response.headers.get("request-id"));
  });
}

test("SIM-1 keys are taken from x-api-key and from bearers", async () => {
  const strict = await startSimulator({
    port: 0,
    seed: 1,
    clock: new VirtualClock(),
    keys: ["sk-1"],
  });
  const status = async (headers: object): Promise<number> => {
    const response = await fetch(`${strict.url}/v1/messages`, {
      method: "POST",
      headers: { ...versioned, ...headers },
      body: JSON.stringify({
        model: "m",
        max_tokens: 9,
        messages: [{ role: "user", content: "x" }],
      }),
    });
    return response.status;
  };
  assert.deepEqual(
    [
      await status({ "x-api-key": "sk-1" }),
      await status({ authorization: "Bearer sk-1" }),
      await status({ "x-api-key": "sk-2" }),
      await status({}),
    ],
    [200, 200, 401, 401],
  );
  await strict.close();
});

test("SIM-1 models are listed in Anthropic's shape for who names a version", async () => {
  const get = async (path: string): Promise<Record<string, unknown>> =>
    (await (await fetch(simulator.url + path, { headers: versioned })).json()) as Record<
      string,
      unknown
    >;
  const { data, has_more: more } = await get("/us-east-1/v1/models");
  const ids = (data as { id: string }[]).map(({ id }) => id);
  assert.ok(ids.includes("claude-haiku-4-5") && !ids.includes("gpt-4"));
  assert.equal(more, false);
  assert.equal((await get("/v1/models/claude-opus-5"))["type"], "model");
  const unknown = await fetch(`${simulator.url}/v1/nothing`, { headers: versioned });
  assert.equal(((await unknown.json()) as { type: string }).type, "error");
});
