import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";
import { contractConfig } from "../contract-config.ts";
import { allTargets } from "../targets/all-targets.ts";
import { anthropicTarget } from "../targets/anthropic.ts";
import { openaiTarget } from "../targets/openai.ts";

const narrow = "key-for-chat-completions-alone";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  const config = (url: string) => {
    const { tenants, ...rest } = contractConfig(url);
    const keys = [{ id: "narrow", secret: narrow, surfaces: ["openai.chat" as const] }];
    return { ...rest, tenants: { ...tenants, narrow: { keys } } };
  };
  gateway = await GatewayUnderTest.start({ config });
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

const lastCall = () => gateway.simulator.calls().at(-1);

for (const { name, model } of allTargets) {
  test(`${name}: a whole response, and what it repeats of its request`, async () => {
    const response = await client.responses.create({
      model,
      instructions: "Be brief",
      input: "Reply with exactly: hello 漫画",
      max_output_tokens: 50,
      metadata: { purpose: "test" },
    });
    assert.match(response.id, /^resp_/);
    assert.equal(response.object, "response");
    assert.equal(response.status, "completed");
    assert.equal(response.output_text, "hello 漫画");
    assert.equal(response.instructions, "Be brief");
    assert.equal(response.max_output_tokens, 50);
    assert.deepEqual(response.metadata, { purpose: "test" });
    assert.deepEqual([response.tools, response.tool_choice], [[], "auto"]);
    const [item] = response.output;
    assert.equal(item?.id, `${response.id.replace("resp_", "msg_")}_0`);
    assert.equal(response.usage?.output_tokens, lastCall()?.tokens.output);
    assert.equal(response.usage?.input_tokens, lastCall()?.tokens.input);
  });

  test(`${name}: events come numbered, in the order of the protocol`, async () => {
    const stream = await client.responses.create({
      model,
      input: "Reply with exactly: a 👍🏽 stream [[sim: slice=3]]",
      stream: true,
    });
    const events = await Array.fromAsync(stream);
    assert.deepEqual(
      events.map((event) => event.sequence_number),
      events.map((_, index) => index),
    );
    const order = events.map(({ type }) => type);
    assert.deepEqual(
      order.filter((type, index) => type !== order[index - 1]),
      [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
      ],
    );
    const last = events.at(-1);
    assert.ok(last?.type === "response.completed");
    const [item] = last.response.output;
    assert.ok(item?.type === "message" && item.content[0]?.type === "output_text");
    assert.equal(item.content[0].text, "a 👍🏽 stream");
  });

  test(`${name}: parse() and the stream's helper give the value of a schema`, async () => {
    const book = z.object({ title: z.string(), pages: z.int() });
    const asked = { model, input: "Name a book", text: { format: zodTextFormat(book, "book") } };
    const { output_parsed: parsed } = await client.responses.parse(asked);
    const streamed = await client.responses.stream({ ...asked, stream: true }).finalResponse();
    for (const value of [parsed, streamed.output_parsed]) {
      assert.ok(value !== null && value.title.length > 0 && Number.isInteger(value.pages));
    }
  });

  test(`${name}: an answer is kept where that is asked for, and says so`, async () => {
    const asked = { model, input: "Hello", store: true, truncation: "auto" } as const;
    const { data, response } = await client.responses.create(asked).withResponse();
    assert.equal(data.status, "completed");
    const dropped = response.headers.get("x-sekisho-dropped") ?? "";
    assert.equal(dropped, "context_editing");
    const shown: unknown = data;
    assert.ok(typeof shown === "object" && shown !== null && "store" in shown);
    assert.deepEqual([shown.store, data.truncation], [true, "disabled"]);
    const kept = await client.responses.retrieve(data.id);
    assert.deepEqual([kept.id, kept.output], [data.id, data.output]);
    await client.responses.delete(data.id);
    await assert.rejects(client.responses.retrieve(data.id), OpenAI.NotFoundError);
  });
}

/** What Claude has signed while it thought, asked through Anthropic's own surface. */
async function signed(): Promise<{ readonly text: string; readonly signature: string }> {
  const response = await gateway.post("/v1/messages", {
    model: anthropicTarget.model,
    max_tokens: 2_048,
    thinking: { type: "enabled", budget_tokens: 1_024 },
    messages: [{ role: "user", content: "Reply with exactly: so [[sim: reasoning=9]]" }],
  });
  const answer = await response.text();
  const [, text = ""] = /"thinking":"([^"\\]+)"/.exec(answer) ?? [];
  const [, signature = ""] = /"signature":"([^"\\]+)"/.exec(answer) ?? [];
  assert.ok(text !== "" && signature !== "", answer);
  return { text, signature };
}

test("WIR-13 signed reasoning goes to who signed it, and to nobody else", async () => {
  const { text, signature } = await signed();
  for (const [{ model }, isSent] of [
    [anthropicTarget, true],
    [openaiTarget, false],
  ] as const) {
    const { response, data } = await client.responses
      .create({
        model,
        input: [
          { role: "user", content: "Hello" },
          {
            type: "reasoning",
            id: "rs_1",
            summary: [{ type: "summary_text", text }],
            encrypted_content: `signed.${signature}`,
          },
          { role: "assistant", content: "so" },
          { role: "user", content: "And then?" },
        ],
      })
      .withResponse();
    assert.equal(data.status, "completed");
    const dropped = response.headers.get("x-sekisho-dropped") ?? "";
    assert.equal(dropped.includes("reasoning_signed"), !isSent, dropped);
  }
});

test("the prefix /openai is the same surface", async () => {
  const body = { model: openaiTarget.model, input: "Reply with exactly: here too" };
  const response = await gateway.post("/openai/v1/responses", body);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /here too/);
});

test("a key that may only chat is refused", async () => {
  const other = new OpenAI({ apiKey: narrow, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const { model } = openaiTarget;
  await assert.rejects(other.responses.create({ model, input: "Hello" }), (error) => {
    assert.ok(error instanceof OpenAI.PermissionDeniedError);
    return true;
  });
  const chat = { model, messages: [{ role: "user" as const, content: "Hello" }] };
  assert.equal((await other.chat.completions.create(chat)).object, "chat.completion");
});
