import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { InvokeModelCommand, type BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { embedText } from "@sekisho/simulator/embedding/embed-text.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { bedrockRuntime, type AwsCredential, type AwsProtocol } from "../clients/aws-sdk.ts";
import { createPair } from "../create-pair.ts";
import { embeddingConfig, embeddingTargets, type EmbeddingTarget } from "./embedding-config.ts";

const texts = ["tea", "自転車", "naïve 🚲"];

/** A body as each family takes it, and its answer with these vectors. */
interface NativeCase {
  readonly family: string;
  readonly body: object;
  readonly texts: readonly string[];
  /** `tokens` is what the provider counted. */
  readonly answer: (vectors: readonly (readonly number[])[], tokens: number) => object;
}

const cohere = { id: "*", texts };
const cases: readonly NativeCase[] = [
  {
    family: "Titan 2",
    body: { inputText: "tea", normalize: true },
    texts: ["tea"],
    answer: ([embedding], tokens) => ({
      embedding,
      embeddingsByType: { float: embedding },
      inputTextTokenCount: tokens,
    }),
  },
  {
    family: "Cohere 3",
    body: { texts, input_type: "search_document", truncate: "END" },
    texts,
    answer: (embeddings) => ({ ...cohere, embeddings, response_type: "embeddings_floats" }),
  },
  {
    family: "Cohere 4",
    body: { texts, input_type: "search_query", truncate: "NONE", embedding_types: ["float"] },
    texts,
    answer: (float) => ({
      ...cohere,
      embeddings: { float },
      response_type: "embeddings_by_type",
    }),
  },
];

/** Names of models of Bedrock's, with targets of other dialects behind them. */
const named: readonly (readonly [model: string, dimensions: number, keys: readonly string[]])[] = [
  ["amazon.titan-embed-g1-text-02", 1_536, ["embedding", "inputTextTokenCount"]],
  ["cohere.embed-english-v3", 3_072, ["id", "texts", "embeddings", "response_type"]],
  ["cohere.embed-v4:0", 1_536, ["id", "texts", "embeddings", "response_type"]],
];

/** The one client of a file, once it is there. */
type Invoke = (modelId: string, body: object) => Promise<Record<string, unknown>>;

/** What the SDK of AWS is answered to the native bodies of models that make vectors. */
export function testNativeVectors(protocol: AwsProtocol, credential: AwsCredential): void {
  let gateway: GatewayUnderTest;
  let client: BedrockRuntimeClient;

  before(async () => {
    gateway = await GatewayUnderTest.start({ config: embeddingConfig });
    const { url, key } = gateway;
    const pair = credential === "sigv4" ? await createPair(gateway) : null;
    client = bedrockRuntime({ url, key, pair, retries: 0 }, protocol, credential);
  });
  after(async () => {
    client.destroy();
    await gateway[Symbol.asyncDispose]();
  });
  beforeEach(() => gateway.simulator.reset());

  const invoke: Invoke = async (modelId, body) => {
    const command = new InvokeModelCommand({ modelId, body: JSON.stringify(body) });
    const answer = await client.send(command);
    assert.equal(answer.contentType, "application/json");
    // An object of the family's, which the test compares.
    return JSON.parse(answer.body.transformToString()) as Record<string, unknown>;
  };
  const tokensBilled = (): number =>
    gateway.simulator.calls().reduce((sum, { tokens: { input } }) => sum + input, 0);

  for (const target of embeddingTargets) {
    describe(`WIR-13 aws-sdk ${protocol} ${credential} × ${target.name}`, () => {
      testTarget(target, invoke, tokensBilled);
    });
  }
  for (const [model, dimensions, keys] of named) {
    test(`WIR-13 ${model} is served by a target of another dialect`, async () => {
      const isTitan = model.startsWith("amazon");
      const asked = { texts: ["tea"], input_type: "classification" };
      const answer = await invoke(model, isTitan ? { inputText: "tea" } : asked);
      assert.deepEqual(Object.keys(answer).toSorted(), keys.toSorted());
      const vector = embedText("tea", dimensions);
      const { embedding, embeddings } = answer;
      const listed = model === "cohere.embed-v4:0" ? { float: [vector] } : [vector];
      assert.deepEqual(isTitan ? embedding : embeddings, isTitan ? vector : listed);
    });
  }
}

function testTarget(
  { name, lengths: [own, other] }: EmbeddingTarget,
  invoke: Invoke,
  tokensBilled: () => number,
): void {
  for (const { family, body, texts: asked, answer } of cases) {
    test(`a body of ${family} is answered in its words`, async () => {
      const found = await invoke(name, body);
      const vectors = asked.map((text) => embedText(text, own));
      const expected = answer(vectors, tokensBilled());
      if ("id" in expected) {
        assert.match(String(found["id"]), /./);
        found["id"] = expected.id;
      }
      assert.deepEqual(found, expected);
    });
  }

  test("of a length that is asked for", async () => {
    if (other === null) return;
    const vector = embedText("tea", other);
    const { embedding } = await invoke(name, { inputText: "tea", dimensions: other });
    assert.deepEqual(embedding, vector);
    const cohere4 = { texts: ["tea"], input_type: "search_query", output_dimension: other };
    const { embeddings } = await invoke(name, cohere4);
    assert.deepEqual(embeddings, { float: [vector] });
  });
}
