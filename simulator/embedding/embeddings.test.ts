import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { startSimulator, type Simulator } from "../server.ts";
import { embedText } from "./embed-text.ts";

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
});
after(() => simulator.close());
beforeEach(() => simulator.reset());

async function ask(path: string, body: object): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${simulator.url}/us-east-1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer any" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: await answer.json() };
}

const embeddings = "/v1/embeddings";
const titan = "/model/amazon.titan-embed-text-v2:0/invoke";
const titan1 = "/model/amazon.titan-embed-text-v1/invoke";
const cohere3 = "/model/cohere.embed-english-v3/invoke";
const cohere4 = "/model/us.cohere.embed-v4:0/invoke";
const gemini = "/v1beta/models/gemini-embedding-001";
const forSearch = { input_type: "search_document" };

describe("vectors", () => {
  test("in OpenAI's words, as floats and as base64", async () => {
    const body = { model: "text-embedding-3-small", input: ["a", "b"], dimensions: 4 };
    assert.deepEqual(await ask(embeddings, body), {
      status: 200,
      json: {
        object: "list",
        data: [
          { object: "embedding", index: 0, embedding: embedText("a", 4) },
          { object: "embedding", index: 1, embedding: embedText("b", 4) },
        ],
        model: "text-embedding-3-small",
        usage: { prompt_tokens: 2, total_tokens: 2 },
      },
    });
    const { json } = await ask(embeddings, { ...body, input: "a", encoding_format: "base64" });
    const { data } = json as { data: { embedding: string }[] };
    const bytes = Buffer.from(data[0]?.embedding ?? "", "base64");
    const read = [0, 4, 8, 12].map((at) => bytes.readFloatLE(at));
    assert.deepEqual(read, embedText("a", 4).map(Math.fround));
  });

  test("in Titan's and Cohere's words", async () => {
    const vector = embedText("a", 256);
    assert.deepEqual((await ask(titan, { inputText: "a", dimensions: 256 })).json, {
      embedding: vector,
      embeddingsByType: { float: vector },
      inputTextTokenCount: 1,
    });
    const first = (await ask(titan1, { inputText: "a" })).json as { embedding: number[] };
    assert.equal(first.embedding.length, 1_536);
    const list = await ask(cohere3, { texts: ["a"], ...forSearch });
    assert.deepEqual(list.json, {
      id: "simulated",
      texts: ["a"],
      embeddings: [embedText("a", 1_024)],
      response_type: "embeddings_floats",
    });
    const asked = { texts: ["a"], ...forSearch, output_dimension: 256 };
    const { embeddings: byType } = (await ask(cohere4, asked)).json as { embeddings: object };
    assert.deepEqual(byType, { float: [vector] });
  });

  test("in Gemini's words, one and many", async () => {
    const wishes = { outputDimensionality: 4, taskType: "CLUSTERING" };
    const content = { parts: [{ text: "a" }] };
    const one = await ask(`${gemini}:embedContent`, { content, ...wishes });
    assert.deepEqual(one.json, {
      embedding: { values: embedText("a", 4) },
      usageMetadata: { promptTokenCount: 1 },
    });
    const named = { model: "models/gemini-embedding-001", content, ...wishes };
    const many = await ask(`${gemini}:batchEmbedContents`, { requests: [named, named] });
    assert.deepEqual((many.json as { embeddings: object[] }).embeddings, [
      { values: embedText("a", 4) },
      { values: embedText("a", 4) },
    ]);
  });

  test("cost what the inputs cost, and an error nothing", async () => {
    await ask(embeddings, { model: "text-embedding-3-small", input: ["one two", "three"] });
    await ask(titan, { inputText: "one two three four" });
    await ask(titan, { inputText: "" });
    const costs = simulator.calls().map(({ costNanoUsd }) => costNanoUsd);
    assert.deepEqual(costs, [3 * 20, 4 * 20, 0]);
  });

  test("may be struck by faults like any other answer", async () => {
    const { status } = await ask(titan, { inputText: "a [[sim: fault=429]]" });
    assert.equal(status, 429);
  });
});

describe("what is refused", () => {
  const model = "text-embedding-3-small";
  const many = Array.from({ length: 2_049 }, () => "a");
  const long = "a ".repeat(9_000);
  const cases: readonly (readonly [name: string, path: string, body: object])[] = [
    ["no input", embeddings, { model }],
    ["an empty text", embeddings, { model, input: "" }],
    ["an empty text in a list", embeddings, { model, input: ["a", ""] }],
    ["an empty list", embeddings, { model, input: [] }],
    ["too many inputs", embeddings, { model, input: many }],
    ["an input that is too long", embeddings, { model, input: long }],
    ["too many tokens", embeddings, { model, input: Array(60).fill("a ".repeat(6_000)) }],
    ["another encoding", embeddings, { model, input: "a", encoding_format: "hex" }],
    ["a length beyond the model's", embeddings, { model, input: "a", dimensions: 1_537 }],
    [
      "a length of a model without a choice",
      embeddings,
      { model: "text-embedding-ada-002", input: "a", dimensions: 8 },
    ],
    ["no content for Gemini", `${gemini}:embedContent`, {}],
    [
      "a long text for Gemini",
      `${gemini}:embedContent`,
      { content: { parts: [{ text: "a ".repeat(2_100) }] } },
    ],
    ["no requests for Gemini", `${gemini}:batchEmbedContents`, { requests: [] }],
    [
      "another model in a batch for Gemini",
      `${gemini}:batchEmbedContents`,
      { requests: [{ model: "models/x", content: { parts: [{ text: "a" }] } }] },
    ],
    ["no text for Titan", titan, {}],
    ["an empty text for Titan", titan, { inputText: "" }],
    ["a long text for Titan", titan, { inputText: long }],
    ["many characters for Titan", titan, { inputText: "x".repeat(50_001) }],
    ["a length that Titan has not", titan, { inputText: "a", dimensions: 300 }],
    ["a length for Titan's first", titan1, { inputText: "a", dimensions: 1_536 }],
    ["a stream", `${titan}-with-response-stream`, { inputText: "a" }],
    ["no texts for Cohere", cohere3, forSearch],
    ["97 texts for Cohere", cohere3, { texts: many.slice(0, 97), ...forSearch }],
    ["a purpose that is missing", cohere3, { texts: ["a"] }],
    ["a purpose that is none", cohere3, { texts: ["a"], input_type: "fun" }],
    ["a long text for Cohere", cohere3, { texts: ["x".repeat(2_049)], ...forSearch }],
    ["a length that Cohere has not", cohere4, { texts: ["a"], ...forSearch, output_dimension: 9 }],
  ];
  for (const [name, path, body] of cases) {
    test(name, async () => assert.equal((await ask(path, body)).status, 400));
  }
});
