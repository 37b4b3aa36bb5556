import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { openaiClient } from "../harness/openai-client.ts";
import { until } from "../harness/until.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;
before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

const model = "sole";
const paused = "[[sim: tokens=60 pause=20]]";

const failing = async (asked: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const error: unknown = await asked.then(
    () => null,
    (why: unknown) => why,
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  return error;
};

test("STR-5 a stored response is read again, listed by its input, and deleted", async () => {
  const made = await client.responses.create({ model, input: "Hello", store: true });
  assert.ok("store" in made && made.store === true);
  const read = await client.responses.retrieve(made.id);
  assert.deepEqual({ ...read, output_text: "" }, { ...made, output_text: "" });
  assert.equal(read.output_text, made.output_text);
  const items = await client.responses.inputItems.list(made.id);
  assert.equal(items.data.length, 1);
  assert.match(JSON.stringify(items.data[0]), /"text":"Hello"/);
  await client.responses.delete(made.id);
  assert.equal((await failing(client.responses.retrieve(made.id))).status, 404);
});

test("STR-5 what was not to be stored cannot be read", async () => {
  const made = await client.responses.create({ model, input: "Hello" });
  assert.ok("store" in made && made.store === false);
  assert.equal((await failing(client.responses.retrieve(made.id))).status, 404);
  const next = client.responses.create({ model, input: "And?", previous_response_id: made.id });
  const error = await failing(next);
  assert.deepEqual([error.status, error.param], [404, "previous_response_id"]);
});

for (const name of ["idempotency-key", "x-sekisho-resumable"]) {
  test(`STR-5 what is recorded for ${name} alone is no kept response`, async () => {
    const body = { model, input: "Hello", stream: true as const, store: false };
    const options = { headers: { [name]: name === "idempotency-key" ? "unkept" : "true" } };
    let id = "";
    for await (const event of await client.responses.create(body, options)) {
      if (event.type === "response.created") id = event.response.id;
    }
    assert.match(id, /^resp_/);
    assert.equal((await failing(client.responses.retrieve(id))).status, 404);
    assert.equal((await failing(client.responses.inputItems.list(id))).status, 404);
    assert.equal((await failing(client.responses.cancel(id))).status, 404);
    assert.equal((await failing(client.responses.delete(id))).status, 404);
  });
}

test("STR-5 a response goes on from another, with all that was said", async () => {
  const first = await client.responses.create({ model, input: "One, please", store: true });
  const second = await client.responses.create({
    model,
    input: [{ role: "user", content: "Two, please" }],
    previous_response_id: first.id,
    store: true,
  });
  assert.equal(second.previous_response_id, first.id);
  const third = await client.responses.create({
    model,
    input: "Three, please",
    previous_response_id: second.id,
    stream: true,
  });
  let sent = "";
  for await (const event of third) {
    if (event.type === "response.completed") sent = event.response.id;
  }
  assert.match(sent, /^resp_/);
  const call = gateway.simulator.calls().at(-1);
  const usage = await until(
    "the row",
    () => gateway.ledger.rows.findLast(({ id }) => sent.endsWith(id)) ?? null,
  );
  const alone = await client.responses.create({ model, input: "Three, please" });
  assert.ok(usage.input > (alone.usage?.input_tokens ?? 0) + 20, JSON.stringify(call));
});

test("MON-4 a conversation that is only named is held and billed as one that is sent", async () => {
  const input = "Which manga is long? ".repeat(2_000);
  const ask = async (previous: string | null): Promise<readonly [string, number]> => {
    const asked = { model, input: previous === null ? input : "And?", max_output_tokens: 16 };
    const { data, response } = await client.responses
      .create({ ...asked, previous_response_id: previous, store: true })
      .withResponse();
    return [data.id, Number(response.headers.get("x-sekisho-cost-nano-usd"))];
  };
  const [first, firstCost] = await ask(null);
  const [, secondCost] = await ask(first);
  assert.ok(firstCost > 0 && secondCost > firstCost, `${firstCost}, then ${secondCost}`);
});

test("STR-5 a response in the background is asked for until it is there", async () => {
  const begun = await client.responses.create({
    model,
    input: `Go on ${paused}`,
    background: true,
  });
  assert.deepEqual([begun.status, begun.background], ["in_progress", true]);
  assert.equal((await client.responses.retrieve(begun.id)).status, "in_progress");
  await gateway.letGo();
  const ended = await until("it is over", async () => {
    const now = await client.responses.retrieve(begun.id);
    return now.status === "in_progress" ? null : now;
  });
  assert.equal(ended.status, "completed");
  assert.equal(ended.usage?.output_tokens, 60);
});

test("MON-14 a response in the background is kept to be read: none of it is wasted", async () => {
  const input = "Go on [[sim: tokens=40]]";
  const begun = await client.responses.create({ model, input, background: true });
  const id = begun.id.slice("resp_".length);
  const found = () => gateway.ledger.rows.find((each) => each.id === id) ?? null;
  const row = await until("its row", found);
  assert.deepEqual([row.attempt, row.delivered, row.wasted], [0, 40, 0]);
});

test("STR-5 a stream in the background goes on without its reader, and is read on", async () => {
  const stream = await client.responses.create({
    model,
    input: `Go on ${paused}`,
    background: true,
    stream: true,
  });
  const seen: ResponseStreamEvent[] = [];
  for await (const event of stream) {
    seen.push(event);
    if (seen.length === 12) break; // the SDK aborts its request
  }
  const id = seen[0]?.type === "response.created" ? seen[0].response.id : "";
  const cursor = seen.at(-1)?.sequence_number ?? -1;
  const rest = await client.responses.retrieve(id, { stream: true, starting_after: cursor });
  await gateway.letGo();
  for await (const event of rest) seen.push(event);
  assert.deepEqual(
    seen.map(({ sequence_number: number }) => number),
    seen.map((_, n) => n),
  );
  const last = seen.at(-1);
  assert.equal(last?.type, "response.completed");
  const whole: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.retrieve(id, { stream: true })) {
    whole.push(event);
  }
  assert.deepEqual(seen, whole);
  const again = await client.responses.retrieve(id);
  assert.equal(
    again.output_text,
    seen.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join(""),
  );
});

test("STR-6 a response in the background is cancelled, and keeps what was said", async () => {
  const begun = await client.responses.create({
    model,
    input: `Go on ${paused}`,
    background: true,
    stream: true,
  });
  let id = "";
  for await (const event of begun) {
    if (event.type === "response.created") ({ id } = event.response);
    if (event.type === "response.output_text.delta") break;
  }
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, "cancelled");
  assert.equal(cancelled.output[0]?.type, "message");
  await until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );
  assert.equal((await client.responses.cancel(id)).status, "cancelled");
});

test("STR-5 an item of an earlier answer may stand for itself", async () => {
  const first = await client.responses.create({ model, input: "One, please", store: true });
  const item = first.output[0]?.id ?? "";
  const next = await client.responses.create({
    model,
    input: [
      { type: "item_reference", id: item },
      { role: "user", content: "And two?" },
    ],
    store: true,
  });
  assert.equal(next.status, "completed");
  const items = await client.responses.inputItems.list(next.id, { order: "asc" });
  assert.ok(JSON.stringify(items.data[0]).includes(first.output_text.slice(0, 20)));
  const missing = client.responses.create({
    model,
    input: [{ type: "item_reference", id: "msg_1_0" }],
  });
  assert.equal((await failing(missing)).status, 404);
});

test("STR-5 what contradicts itself is refused", async () => {
  const unkept = client.responses.create({ model, input: "x", background: true, store: false });
  assert.deepEqual((await failing(unkept)).status, 400);
  const running = await client.responses.create({
    model,
    input: `Go on ${paused}`,
    background: true,
  });
  const early = client.responses.create({ model, input: "x", previous_response_id: running.id });
  assert.equal((await failing(early)).status, 409);
  const others = new OpenAI({ apiKey: "nobody", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  assert.equal((await failing(others.responses.retrieve(running.id))).status, 401);
  await gateway.letGo();
});

test("STR-5 what is no id of a response is not found", async () => {
  assert.equal((await failing(client.responses.retrieve("resp_nothing"))).status, 404);
});
