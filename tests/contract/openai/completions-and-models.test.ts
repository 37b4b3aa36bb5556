import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());

test("a legacy completion is translated to a chat and back", async () => {
  const answer = await client.completions.create({
    model: "sole",
    prompt: "Reply with exactly: legacy 漫画",
    max_tokens: 20,
  });
  assert.equal(answer.object, "text_completion");
  assert.match(answer.id, /^cmpl-/);
  const [choice] = answer.choices;
  assert.deepEqual([choice?.text, choice?.finish_reason], ["legacy 漫画", "stop"]);
  const { tokens } = gateway.simulator.calls().at(-1) ?? {};
  assert.equal(answer.usage?.completion_tokens, tokens?.output);
  assert.equal(answer.usage?.prompt_tokens, tokens?.input);
});

test("a legacy completion is streamed, usage where it was asked for", async () => {
  for (const include of [true, false]) {
    const stream = await client.completions.create({
      model: "sole",
      prompt: "Reply with exactly: legacy 👍🏽 stream [[sim: slice=3]]",
      stream: true,
      ...(include ? { stream_options: { include_usage: true } } : {}),
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices }) => choices[0]?.text ?? "").join("");
    assert.equal(text, "legacy 👍🏽 stream");
    const finishes = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
    assert.deepEqual(finishes, ["stop"]);
    const usages = chunks.flatMap(({ usage }) => usage ?? []);
    assert.equal(usages.length, include ? 1 : 0);
  }
});

test("a legacy stream that the provider cuts ends in a typed error", async () => {
  const stream = await client.completions.create({
    model: "sole",
    prompt: "Go on [[sim: tokens=30 fault=cut-fin after=5]]",
    stream: true,
  });
  let text = "";
  const reading = async (): Promise<void> => {
    for await (const { choices } of stream) text += choices[0]?.text ?? "";
  };
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    return error.code === "upstream_cut";
  });
  assert.notEqual(text, "");
});

test("the models are the names of the configuration", async () => {
  const names = await Array.fromAsync(client.models.list(), ({ id }) => id);
  assert.deepEqual(names, ["sole", "hasty", "pair"]);
  const model = await client.models.retrieve("pair");
  assert.deepEqual([model.id, model.object], ["pair", "model"]);
  assert.ok(Math.abs(model.created - Date.now() / 1000) < 60);
});

/** What stands beside OpenAI's own members. */
interface Details {
  readonly context_window: number | null;
  readonly max_output_tokens: number | null;
  readonly capabilities: Readonly<Record<string, boolean | null>>;
  readonly pricing: Readonly<Record<string, unknown>> | null;
  readonly targets: readonly { readonly provider: string; readonly region: string }[];
}

test("a model has its window, cap, abilities and price beside what OpenAI says", async () => {
  // The client passes on what it does not know.
  const model = (await client.models.retrieve("pair")) as unknown as Details;
  const { input, output, currency, confidence } = model.pricing ?? {};
  assert.deepEqual(
    [model.context_window, model.max_output_tokens, input, output, currency, confidence],
    [128_000, 4_096, "10", "30", "USD", "C"],
  );
  const { tools, images, structured_output: structured, reasoning } = model.capabilities;
  assert.deepEqual([tools, images, structured, reasoning], [true, true, false, false]);
  assert.deepEqual(model.targets, [
    { provider: "near", region: "us-east-1" },
    { provider: "far", region: "us-west-2" },
  ]);
});

test("a model that is not configured is a NotFoundError", async () => {
  for (const asking of [
    () => client.models.retrieve("no/such:model"),
    () => client.completions.create({ model: "nothing", prompt: "Hi" }),
  ]) {
    await assert.rejects(asking, (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.match(error.requestID ?? "", /^req_/);
      return error.code === "model_not_found";
    });
  }
});
