import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { AwsEventStreamReader } from "@sekisho/wire/framing/aws-event-stream-reader.ts";
import { AwsEventStreamScanner } from "@sekisho/wire/framing/aws-event-stream-scanner.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { ScriptedUpstream, type SeenRequest } from "../harness/scripted-upstream.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;
let bedrock: ScriptedUpstream;

const novaModel = "us.amazon.nova-pro-v1:0";

const aws = (api: "auto" | "invoke"): NonNullable<ConfigInput["providers"]>[string] => ({
  kind: "bedrock",
  region: "eu-west-1",
  baseUrl: bedrock.url,
  api,
  credentials: [{ id: "main", bearer: "env:KEY" }],
});

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    providers: {
      ...steered.providers,
      aws: aws("auto"),
      native: aws("invoke"),
      makers: {
        kind: "simulator",
        dialect: "anthropic",
        baseUrl: `${simulatorUrl}/us-east-1`,
      },
    },
    models: {
      ...steered.models,
      fast: soleModel("near", "gpt-4-turbo"),
      nova: soleModel("aws", novaModel),
      strict: soleModel("native", novaModel),
      claude: soleModel("makers", "claude-haiku-4-5"),
      either: {
        targets: [
          { provider: "aws", model: novaModel, priority: 0 },
          { provider: "near", model: "gpt-4-turbo", priority: 1 },
        ],
        balance: "failover",
      },
    },
    prices: { unpriced: "allow" },
  };
};

before(async () => {
  bedrock = await ScriptedUpstream.start();
  gateway = await GatewayUnderTest.start({ config, env: { KEY: "key-of-bedrock" } });
});
after(async () => {
  await using _ = bedrock;
  await using __ = gateway;
  assert.doesNotMatch(gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
});
beforeEach(() => {
  bedrock.seen.length = 0;
});

const recorded = (name: string): Buffer =>
  readFileSync(new URL(`../../wire/bedrock/fixtures/${name}`, import.meta.url));

const ask = (text: string, rest: object = {}): object => ({
  schemaVersion: "messages-v1",
  system: [{ text: "Be brief" }],
  messages: [{ role: "user", content: [{ text }] }],
  inferenceConfig: { max_new_tokens: 200, temperature: 0.5, topP: 0.9, topK: 20 },
  ...rest,
});

const pong = ask("Reply with exactly: PONG");

const invoke = (model: string, body: object): Promise<Response> =>
  gateway.post(`/model/${encodeURIComponent(model)}/invoke`, body);

const stream = (model: string, body: object): Promise<Response> =>
  gateway.post(`/model/${encodeURIComponent(model)}/invoke-with-response-stream`, body);

type Native = Readonly<Record<string, unknown>>;

/** The native events of a stream; what is no chunk by its name. */
async function eventsOf(response: Response): Promise<Native[]> {
  const events: Native[] = [];
  const reader = new AwsEventStreamReader();
  const scanner = new AwsEventStreamScanner();
  const isGood = scanner.push(Buffer.from(await response.arrayBuffer()), {
    frame(bytes, from, to) {
      const head = reader.read(bytes, from, to);
      const payload = bytes.toString("utf8", reader.payloadStart, reader.payloadEnd);
      if (head?.name !== "chunk") return void events.push({ other: head?.name });
      const { bytes: data } = JSON.parse(payload) as { bytes: string };
      events.push(JSON.parse(Buffer.from(data, "base64").toString()) as Native);
    },
  });
  assert.ok(isGood);
  return events;
}

interface Delta {
  readonly text?: string;
  readonly toolUse?: { readonly input: string };
}

const deltasOf = (events: readonly Native[]): Delta[] =>
  events.flatMap(({ contentBlockDelta: delta }) =>
    delta === undefined ? [] : [(delta as { delta: Delta }).delta],
  );

interface Counts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

interface WholeAnswer {
  readonly output: { readonly message: { readonly content: unknown[]; readonly role: string } };
  readonly stopReason: string;
  readonly usage: Counts;
}

const wholeOf = async (response: Response): Promise<WholeAnswer> => {
  assert.equal(response.status, 200, await response.clone().text());
  // The shape is what is tested below.
  return (await response.json()) as WholeAnswer;
};

const weather = {
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: "get_weather",
          description: "The weather of a city",
          inputSchema: {
            json: {
              type: "object",
              properties: { city: { type: "string" } },
              required: ["city"],
            },
          },
        },
      },
    ],
    toolChoice: { any: {} },
  },
};

describe("WIR-13 a body of Nova's for a target of OpenAI's dialect", () => {
  test("the whole answer is Nova's", async () => {
    const response = await invoke("fast", pong);
    const { output, stopReason, usage } = await wholeOf(response);
    assert.deepEqual(output, { message: { content: [{ text: "PONG" }], role: "assistant" } });
    assert.equal(stopReason, "end_turn");
    assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
    assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens);
    assert.equal(response.headers.get("x-sekisho-dropped"), "top_k");
    const counted = response.headers.get("x-amzn-bedrock-output-token-count");
    assert.equal(counted, String(usage.outputTokens));
  });

  test("the stream is Nova's, the last event with what Bedrock counts", async () => {
    const response = await stream("fast", pong);
    assert.equal(response.headers.get("content-type"), "application/vnd.amazon.eventstream");
    assert.equal(response.headers.get("x-amzn-bedrock-content-type"), "application/json");
    const events = await eventsOf(response);
    assert.deepEqual(events[0], { messageStart: { role: "assistant" } });
    const text = deltasOf(events).map((delta) => delta.text);
    assert.equal(text.join(""), "PONG");
    assert.deepEqual(events.slice(-3, -1), [
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
    ]);
    const { metadata, ...others } = events.at(-1) ?? {};
    const { usage } = metadata as { readonly usage: Counts };
    const metrics = others["amazon-bedrock-invocationMetrics"] as Native;
    assert.ok(usage.outputTokens > 0);
    assert.equal(metrics["outputTokenCount"], usage.outputTokens);
    assert.equal(metrics["inputTokenCount"], usage.inputTokens);
  });

  test("the limit is the client's own", async () => {
    const { stopReason, usage } = await wholeOf(
      await invoke("fast", ask("Tell me a story", { inferenceConfig: { max_new_tokens: 3 } })),
    );
    assert.equal(stopReason, "max_tokens");
    assert.equal(usage.outputTokens, 3);
  });

  test("a call, its result and the answer to it", async () => {
    const question = { role: "user", content: [{ text: "What is the weather in Oslo?" }] };
    const body = ask("", { messages: [question], ...weather });
    const { output, stopReason } = await wholeOf(await invoke("fast", body));
    assert.equal(stopReason, "tool_use");
    const uses = output.message.content as { toolUse: { toolUseId: string; input: unknown } }[];
    assert.deepEqual(uses[0]?.toolUse.input, { city: "Oslo" });
    const { toolUseId } = uses[0]?.toolUse ?? {};
    const result = { toolResult: { toolUseId, content: [{ json: { celsius: 4 } }] } };
    const answered = ask("", {
      messages: [question, output.message, { role: "user", content: [result] }],
      toolConfig: { ...weather.toolConfig, toolChoice: { auto: {} } },
    });
    const last = await wholeOf(await invoke("fast", answered));
    assert.equal(last.stopReason, "end_turn");
    assert.match(JSON.stringify(last.output.message.content), /get_weather answered: .*celsius.*4/);
  });

  test("a call in a stream", async () => {
    const body = ask("What is the weather in Oslo?", weather);
    const events = await eventsOf(await stream("fast", body));
    const begun = events.find((event) => "contentBlockStart" in event)?.["contentBlockStart"];
    const { start } = begun as { start: { toolUse: { name: string } } };
    assert.equal(start.toolUse.name, "get_weather");
    const inputs = deltasOf(events).map((delta) => delta.toolUse?.input ?? "");
    assert.deepEqual(JSON.parse(inputs.join("")), { city: "Oslo" });
    assert.deepEqual(events.at(-2), { messageStop: { stopReason: "tool_use" } });
  });

  test("WIR-5 a stream that is cut ends with an exception", async () => {
    const cut = ask("Tell me a story [[sim: fault=cut-fin after=5 tokens=40]]");
    const events = await eventsOf(await stream("fast", cut));
    assert.ok(deltasOf(events).length > 0);
    assert.deepEqual(events.at(-1), { other: "modelStreamErrorException" });
  });

  const video = { video: { format: "mp4", source: { bytes: "AAAA" } } };
  const user = (content: unknown): object => ({ messages: [{ role: "user", content }] });
  const refused: Readonly<Record<string, readonly [body: object, message: RegExp]>> = {
    "a video": [ask("", user([video])), /only a model of Nova .* carries "messages\.\[0\]/],
    "an object of S3": [
      ask("", user([{ image: { format: "png", source: { s3Location: { uri: "s3://a" } } } }])),
      /names an object of S3/,
    ],
    "a limit of nothing": [
      ask("", { inferenceConfig: { max_new_tokens: 0 } }),
      /"inferenceConfig\.max_new_tokens" is 0/,
    ],
    "words that nobody knows": [{ prompt: "Hi" }, /Claude, Nova and Titan Text/],
  };
  for (const [what, [body, expected]] of Object.entries(refused)) {
    test(`is refused in words: ${what}`, async () => {
      const response = await invoke("fast", body);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get("x-amzn-errortype"), "ValidationException");
      const { message } = (await response.json()) as { message: string };
      assert.match(message, expected);
    });
  }
});

test("WIR-13 a body of Nova's for a target of Anthropic's dialect", async () => {
  const { output, stopReason } = await wholeOf(await invoke("claude", pong));
  assert.deepEqual([output.message.content, stopReason], [[{ text: "PONG" }], "end_turn"]);
  const events = await eventsOf(
    await stream("claude", ask("What is the weather in Oslo?", weather)),
  );
  const inputs = deltasOf(events).map((delta) => delta.toolUse?.input ?? "");
  assert.deepEqual(JSON.parse(inputs.join("")), { city: "Oslo" });
});

describe("WIR-13 the answer is in the words of the body", () => {
  test("of Titan Text", async () => {
    const body = {
      inputText: "Reply with exactly: PONG",
      textGenerationConfig: { maxTokenCount: 50 },
    };
    const { results } = (await (await invoke("fast", body)).json()) as {
      results: { outputText: string; completionReason: string }[];
    };
    assert.deepEqual(
      results.map(({ outputText, completionReason }) => [outputText, completionReason]),
      [["PONG", "FINISH"]],
    );
    const events = await eventsOf(await stream("fast", body));
    assert.equal(events.map((event) => event["outputText"]).join(""), "PONG");
    assert.equal(events.at(-1)?.["completionReason"], "FINISH");
  });

  test("of Claude", async () => {
    const body = {
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 50,
      messages: [{ role: "user", content: "Reply with exactly: PONG" }],
    };
    const answer = (await (await invoke("fast", body)).json()) as Native;
    assert.deepEqual([answer["type"], answer["stop_reason"]], ["message", "end_turn"]);
    const [first] = await eventsOf(await stream("fast", body));
    assert.equal(first?.["type"], "message_start");
  });
});

describe("a target of Bedrock that stands for a model of Nova", () => {
  const respond = (name: string, type: string): void => {
    bedrock.answer = (response) =>
      response.writeHead(200, { "content-type": type }).end(recorded(name));
  };
  const sole = (): SeenRequest => {
    const [seen] = bedrock.seen;
    assert.ok(seen !== undefined && bedrock.seen.length === 1);
    return seen;
  };
  const place = `/model/${encodeURIComponent(novaModel)}`;

  test("WIR-10 gets Nova's body byte for byte, and its answer passes", async () => {
    respond("native-answer-nova.json", "application/json");
    const response = await invoke("nova", pong);
    assert.equal(await response.text(), recorded("native-answer-nova.json").toString());
    assert.equal(sole().path, `${place}/invoke`);
    assert.equal(sole().body.toString(), JSON.stringify(pong));
  });

  test("WIR-10 gets Nova's body for a stream as well", async () => {
    respond("native-nova-plain-answer.bin", "application/vnd.amazon.eventstream");
    const response = await stream("nova", pong);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.ok(bytes.equals(recorded("native-nova-plain-answer.bin")));
    assert.equal(sole().path, `${place}/invoke-with-response-stream`);
  });

  test("RTE-2 fails over to another dialect in the same words", async () => {
    bedrock.answer = (response) => response.writeHead(503).end("{}");
    const { output } = await wholeOf(await invoke("either", pong));
    assert.deepEqual(output.message.content, [{ text: "PONG" }]);
    assert.ok(bedrock.seen.every(({ path: asked }) => asked === `${place}/invoke`));
    assert.ok(bedrock.seen.length > 0);
  });

  const inClaude = {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 50,
    messages: [{ role: "user", content: "Hi" }],
  };

  test("that is asked by InvokeModel alone refuses a body of Claude's in words", async () => {
    const response = await invoke("strict", inClaude);
    const { message } = (await response.json()) as { message: string };
    assert.equal(response.status, 400);
    assert.match(message, /of native bodies Claude's alone are written here, use Converse/);
    assert.deepEqual(bedrock.seen, []);
  });

  test("is asked by Converse for a body of Claude's, which gets Claude's answer", async () => {
    respond("answer-plain.json", "application/json");
    const response = await invoke("nova", inClaude);
    const answer = (await response.json()) as Native;
    assert.deepEqual([response.status, answer["type"]], [200, "message"]);
    assert.equal(sole().path, `${place}/converse`);
    assert.deepEqual(JSON.parse(sole().body.toString()), {
      messages: [{ role: "user", content: [{ text: "Hi" }] }],
      inferenceConfig: { maxTokens: 50 },
    });
  });
});
