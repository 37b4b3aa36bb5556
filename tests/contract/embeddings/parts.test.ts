import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import OpenAI from "openai";
import { embedText } from "@sekisho/simulator/embedding/embed-text.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { openaiClient } from "../../harness/openai-client.ts";
import { until } from "../../harness/until.ts";
import { embeddingConfig } from "./embedding-config.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start({ config: embeddingConfig });
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.simulator.reset());

const words = Array.from({ length: 30 }, (_, n) => `text ${n}`);

describe("WIR-10 a call that is one request of its provider's dialect", () => {
  const model = "text-embedding-3-small";
  const bodies = {
    "floats of texts": `{ "input":["a", "\\u00e9"],"model":"${model}", "n":9007199254740993 }`,
    "base64 of a text": `{"model":"${model}","input":"a","encoding_format":"base64"}`,
    "ids of tokens": `{"model":"${model}","input":[[1,2],[3]],"dimensions":8}`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(`passes byte for byte, both ways: ${name}`, async () => {
      const headers = { "content-type": "application/json" };
      const url = `${gateway.simulator.url}/v1/embeddings`;
      const direct = await fetch(url, { method: "POST", headers, body });
      const answer = await gateway.post("/v1/embeddings", body);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), await direct.text());
      const [first, second] = gateway.simulator.calls();
      assert.equal(second?.bodySha256, first?.bodySha256);
    });
  }

  test("is served under the prefix of Bedrock's own surface too", async () => {
    const answer = await gateway.post("/openai/v1/embeddings", bodies["base64 of a text"]);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("x-request-id") ?? "", /^req_/);
  });
});

test("WIR-10 a call that OpenAI takes in two requests: each vector as it was written", async () => {
  const input = Array.from({ length: 40 }, (_, n) => `${n} ${"word ".repeat(2_000)}`);
  const answer = await gateway.post("/v1/embeddings", { model: "openai", input, dimensions: 64 });
  const text = await answer.text();
  const calls = gateway.simulator.calls();
  assert.equal(calls.length, 2);
  for (const [index, each] of input.entries()) {
    const vector = JSON.stringify(embedText(each, 64));
    const item = `{"object":"embedding","index":${index},"embedding":${vector}}`;
    assert.ok(text.includes(item), `input ${index}`);
  }
  const { usage, model } = JSON.parse(text) as OpenAI.CreateEmbeddingResponse;
  assert.equal(model, "text-embedding-3-small");
  const tokens = calls.reduce((sum, call) => sum + call.tokens.input, 0);
  assert.deepEqual(usage, { prompt_tokens: tokens, total_tokens: tokens });
});

test("WIR-13 what a target has no words for is named", async () => {
  const extra = { input: "a", input_type: "search_query", truncate: "END" };
  const dropped = async (model: string) =>
    (await gateway.post("/v1/embeddings", { model, ...extra })).headers.get("x-sekisho-dropped");
  assert.equal(await dropped("titan"), "input_type, truncate");
  assert.equal(await dropped("cohere"), null);
  assert.equal(await dropped("openai"), null);
});

describe("a chain of two models", () => {
  const model = "titan-then-cohere";
  const titan = { model: "amazon.titan*" };
  const ask = () => client.embeddings.create({ model, input: words, encoding_format: "float" });
  const regions = () => new Set(gateway.simulator.calls().map(({ region }) => region));

  test("RTE-6 is served by the second whole, when the first serves nothing", async () => {
    gateway.simulator.setScenarios([{ name: "down", match: titan, fault: "500" }]);
    const { data, model: made } = await ask();
    assert.equal(made, "cohere.embed-v4:0", "no alias hides whose vectors they are");
    assert.deepEqual(
      data.map(({ embedding }) => embedding),
      words.map((text) => embedText(text, 1_536)),
    );
    // One part was asked of the first, and the rest of nobody but the second.
    const asked = gateway.simulator.calls().filter(({ region }) => region === "us-east-1");
    assert.equal(asked.length, 1);
  });

  test("RTE-6 is never mixed: a part that fails behind one that was served ends all", async () => {
    gateway.simulator.setScenarios([
      { name: "fails later", match: { ...titan, every: 12 }, fault: "context-length" },
    ]);
    await assert.rejects(ask(), OpenAI.BadRequestError);
    assert.deepEqual([...regions()], ["us-east-1"]);
  });

  test("RTE-6 does not move for a request that is wrong", async () => {
    gateway.simulator.setScenarios([{ name: "wrong", match: titan, fault: "context-length" }]);
    await assert.rejects(ask(), OpenAI.BadRequestError);
    assert.deepEqual([...regions()], ["us-east-1"]);
  });
});

test("STR-6 a client that leaves ends all parts under way, and there is one row", async () => {
  gateway.simulator.setScenarios([{ name: "held", hold: true }]);
  const leaving = new AbortController();
  const asking = client.embeddings.create(
    { model: "titan", input: words },
    { signal: leaving.signal },
  );
  const left = assert.rejects(asking, OpenAI.APIUserAbortError);
  await gateway.simulator.whenHeld(8);
  leaving.abort();
  await left;
  await until("the provider sees that all have left", () => {
    const calls = gateway.simulator.calls();
    return calls.every(({ clientGoneMs }) => clientGoneMs !== null) ? calls : null;
  });
  assert.equal(gateway.simulator.calls().length, 8, "no more than eight at once");
  const { rows } = await gateway.settled();
  const { id } = rows.at(-1) ?? {};
  const own = rows.filter((row) => row.id === id);
  assert.deepEqual(
    own.map(({ attempt, outcome, cause }) => [attempt, outcome, cause]),
    Array.from({ length: 9 }, (_, attempt) => [attempt, "cancelled", "client_closed"]),
  );
  // Nobody knows how far the provider was: each part counts as spent at its bound.
  const parts = own.slice(1).reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  assert.ok(parts > 0);
  assert.equal(own[0]?.costNanoUsd, parts);
});
