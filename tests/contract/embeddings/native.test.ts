import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  BedrockRuntimeServiceException,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type BedrockRuntimeClient,
} from "@aws-sdk/client-bedrock-runtime";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { bedrockRuntime } from "../clients/aws-sdk.ts";
import { embeddingConfig, poorKey } from "./embedding-config.ts";

let gateway: GatewayUnderTest;
let client: BedrockRuntimeClient;

const clientOf = (key: string): BedrockRuntimeClient =>
  bedrockRuntime({ url: gateway.url, key, pair: null, retries: 0 }, "h2", "bearer");

before(async () => {
  gateway = await GatewayUnderTest.start({ config: embeddingConfig });
  client = clientOf(gateway.key);
});
after(async () => {
  client.destroy();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(() => gateway.simulator.reset());

const invoke = (modelId: string, body: object, by: BedrockRuntimeClient = client) =>
  by.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));

const titan = { inputText: "tea" };
const cohere = { texts: ["tea", "coffee"], input_type: "search_query" };

interface Refused {
  readonly name: string;
  readonly status: number;
  readonly words?: RegExp;
}

async function assertRefused(asking: Promise<unknown>, expected: Refused): Promise<void> {
  const error: unknown = await asking.then(
    () => assert.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BedrockRuntimeServiceException);
  const { name, message } = error;
  assert.deepEqual([name, error.$metadata.httpStatusCode], [expected.name, expected.status]);
  assert.match(message, expected.words ?? /./);
}

const wrong = { name: "ValidationException", status: 400 } as const;

describe("what is refused before any provider is asked", () => {
  const cases: readonly (readonly [name: string, model: string, body: object, words: RegExp])[] = [
    [
      "WIR-13 vectors of any length, which Titan alone makes",
      "openai",
      { ...titan, normalize: false },
      /"openai", which is "text-embedding-3-small": only the body's own .* field "normalize"/,
    ],
    ["WIR-13 bits", "cohere", { ...titan, embeddingTypes: ["binary"] }, /"embeddingTypes"/],
    [
      "WIR-13 whole numbers",
      "openai",
      { ...cohere, embedding_types: ["int8"] },
      /"embedding_types"/,
    ],
    [
      "WIR-13 a picture",
      "gemini",
      { images: ["data:image/png;base64,AA=="], input_type: "image" },
      /"images"/,
    ],
    ["WIR-13 a member that nobody knows", "titan", { ...cohere, task: "find" }, /"task"/],
    [
      "WIR-13 a length that Titan does not give",
      "titan",
      { ...cohere, output_dimension: 300 },
      /300/,
    ],
    ["97 texts", "cohere", { ...cohere, texts: Array.from({ length: 97 }, () => "a") }, /"texts"/],
    ["no purpose", "cohere", { texts: ["a"] }, /"input_type" is missing/],
    ["a prompt", "openai", { messages: [], anthropic_version: "x" }, /"inputText".*"texts"/],
  ];
  for (const [name, model, body, words] of cases) {
    test(name, async () => {
      await assertRefused(invoke(model, body), { ...wrong, words });
      assert.equal(gateway.simulator.calls().length, 0);
    });
  }

  test("a stranger, and MON-11 a key without money", async () => {
    using stranger = disposable(clientOf("sk-unknown"));
    const unknown = { name: "UnrecognizedClientException", status: 403 };
    await assertRefused(invoke("openai", titan, stranger.client), unknown);
    using poor = disposable(clientOf(poorKey));
    const spent = { name: "ServiceQuotaExceededException", status: 400 };
    await assertRefused(invoke("openai", titan, poor.client), spent);
    assert.equal(gateway.simulator.calls().length, 0);
  });
});

const disposable = (by: BedrockRuntimeClient) => ({
  client: by,
  [Symbol.dispose]: () => by.destroy(),
});

test("RTE-7 what a provider fails at is an exception of AWS", async () => {
  const faults = [
    ["429", "ThrottlingException", 429],
    ["503", "ServiceUnavailableException", 503],
    ["html-body", "InternalServerException", 500],
    ["context-length", "ValidationException", 400],
  ] as const;
  for (const [fault, name, status] of faults) {
    gateway.simulator.setScenarios([{ name: fault, fault }]);
    for (const model of ["openai", "titan"]) {
      await assertRefused(invoke(model, titan), { name, status });
    }
  }
});

test("WIR-13 a guardrail goes to a target in the body's own words alone", async () => {
  const guarded = (modelId: string) =>
    client.send(
      new InvokeModelCommand({
        modelId,
        body: JSON.stringify(titan),
        guardrailIdentifier: "g",
        guardrailVersion: "1",
      }),
    );
  for (const model of ["openai", "cohere", "gemini"]) {
    const words = /"x-amzn-bedrock-guardrailidentifier"/;
    await assertRefused(guarded(model), { ...wrong, words });
  }
  assert.equal(gateway.simulator.calls().length, 0);
  await guarded("titan");
  const headers = { "x-amzn-bedrock-trace": "ENABLED" };
  const answer = await gateway.post("/model/cohere/invoke", titan, headers);
  assert.equal(answer.headers.get("x-sekisho-dropped"), "diagnostics");
  await answer.arrayBuffer();
});

describe("WIR-10 a body in the words of its target passes byte for byte, both ways", () => {
  const cases = {
    titan: '{ "inputText":"t\\u00e9a", "normalize":false, "dimensions":256 }',
    cohere: '{ "texts":["a", "b"],"input_type":"search_query","truncate":"RIGHT"}',
    cohere3: '{ "texts":["a", "b"],"input_type":"search_query","truncate":"START"}',
  } as const;
  const regions = { titan: "us-east-1", cohere: "us-west-2", cohere3: "ap-northeast-1" } as const;
  const models = {
    titan: "amazon.titan-embed-text-v2:0",
    cohere: "cohere.embed-v4:0",
    cohere3: "cohere.embed-multilingual-v3",
  } as const;
  for (const name of ["titan", "cohere", "cohere3"] as const) {
    test(name, async () => {
      const body = cases[name];
      const model = encodeURIComponent(models[name]);
      const url = `${gateway.simulator.url}/${regions[name]}/model/${model}/invoke`;
      const headers = {
        "content-type": "application/json",
        authorization: "Bearer token-of-the-provider",
      };
      const direct = await fetch(url, { method: "POST", headers, body });
      const answer = await gateway.post(`/model/${name}/invoke`, body);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), await direct.text());
      const [first, second] = gateway.simulator.calls();
      assert.equal(second?.bodySha256, first?.bodySha256);
      for (const count of ["input-token-count", "invocation-latency"]) {
        const header = `x-amzn-bedrock-${count}`;
        assert.equal(answer.headers.get(header), direct.headers.get(header), header);
      }
    });
  }
});

describe("MON-14 the bill of the provider is the ledger's", () => {
  for (const model of ["openai", "titan", "cohere", "gemini"]) {
    test(`a body of Cohere's over ${model}`, async () => {
      const answer = await gateway.post(`/model/${model}/invoke`, cohere);
      await answer.arrayBuffer();
      assert.match(answer.headers.get("x-amzn-requestid") ?? "", /^req_/);
      const calls = gateway.simulator.calls();
      const billed = calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      const tokens = calls.reduce((sum, { tokens: { input } }) => sum + input, 0);
      const [own] = await gateway.rowsOf({
        headers: new Headers({ "x-request-id": answer.headers.get("x-amzn-requestid") ?? "" }),
      });
      assert.ok(billed > 0);
      assert.deepEqual([own?.outcome, own?.costNanoUsd, own?.input], ["ok", billed, tokens]);
      assert.equal(answer.headers.get("x-sekisho-cost-nano-usd"), String(billed));
      assert.equal(answer.headers.get("x-amzn-bedrock-input-token-count"), String(tokens));
      const dropped = { openai: "input_type", titan: "input_type", cohere: null, gemini: null };
      assert.equal(
        answer.headers.get("x-sekisho-dropped"),
        dropped[model as keyof typeof dropped], // one of the four above
      );
    });
  }
});

test("WIR-13 vectors have no stream", async () => {
  const stream = new InvokeModelWithResponseStreamCommand({
    modelId: "openai",
    body: JSON.stringify(titan),
  });
  const words = /"text-embedding-3-small": it makes vectors/;
  await assertRefused(client.send(stream), { ...wrong, words });
});
