import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { AwsEventStreamMessage } from "@sekisho/wire/framing/aws-event-stream-message.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { ScriptedUpstream } from "../harness/scripted-upstream.ts";

const claude = "anthropic.claude-sonnet-4-6";

/** One dialect on both sides, and bytes of it that nobody would write twice the same way. */
interface Passing {
  readonly dialect: string;
  readonly path: string;
  readonly streamPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The same, asked for as a stream. */
  readonly streamed: string;
  readonly answer: string;
  readonly streamType: string;
  readonly stream: Buffer;
}

/** Blanks, an order of keys, numbers beyond a double, escapes, members that nobody knows. */
const odd = '"x_unknown": {"b":1.10,"a":[ ],"n":9007199254740993, "e":1e400},';
const words = "\\u3042 あ 👍 \\/ 9007199254740993";

const message =
  `\r\n { "usage" : {"output_tokens":2, "input_tokens":3,"odd":1e400 },${odd}` +
  '"stop_sequence":null,"role":"assistant","content":[{"text":"\\u3042\\ud83d\\ude00あ",' +
  '"x":9007199254740993,"type":"text"}],"stop_reason":"end_turn","model":"claude-2099",' +
  '"id":"msg_9007199254740993","type":"message"}\n';

const messageBody = (members: string): string =>
  `{\n\t"messages" : [ {"content":"${words}","role":"user" } ],${odd}${members}` +
  '"max_tokens": 16 ,"metadata":{"user_id":"u-1"} } \n';

const events: readonly (readonly [name: string, data: string])[] = [
  [
    "message_start",
    `{"message":{"usage":{"output_tokens":1,"input_tokens":3},"content":[],${odd}"id":"msg_1",` +
      '"model":"m","role":"assistant","type":"message","stop_reason":null,"stop_sequence":null},' +
      '"type":"message_start"}',
  ],
  [
    "content_block_start",
    '{"index":0,"content_block":{"type":"text","text":""},"type":"content_block_start"}',
  ],
  ["ping", '{"type": "ping"}'],
  [
    "content_block_delta",
    '{"delta":{"text":"\\u3042👍🏽","type":"text_delta"},"index":0,"x":9007199254740993,' +
      '"type":"content_block_delta"}',
  ],
  ["a_new_event", `{${odd}"type":"a_new_event"}`],
  ["content_block_stop", '{"index":0,"type":"content_block_stop"}'],
  [
    "message_delta",
    '{"usage":{"output_tokens":2},"delta":{"stop_reason":"end_turn","stop_sequence":null},' +
      '"type":"message_delta"}',
  ],
  ["message_stop", '{ "type" : "message_stop" }'],
];

const sse = events
  .map(([name, data], n) =>
    n % 2 === 0
      ? `: a comment\n\nevent: ${name}\ndata: ${data}\n\n`
      : `event:${name}\r\nid: 5\r\ndata:${data}\r\n\r\n`,
  )
  .join("");

const frame = (name: string, payload: string): Buffer =>
  new AwsEventStreamMessage({
    ":message-type": "event",
    "x-nobody-knows": "あ",
    ":content-type": "application/json",
    ":event-type": name,
  }).encode(payload);

const native = Buffer.concat(
  events.map(([, data]) =>
    frame("chunk", `{"p":"abc", "bytes":"${Buffer.from(data).toString("base64")}"}`),
  ),
);

const converse = Buffer.concat([
  frame("messageStart", '{"p":"ab","role":"assistant"}'),
  frame("contentBlockDelta", `{"delta":{"text":"\\u3042👍🏽"},${odd}"contentBlockIndex":0}`),
  frame("somethingNew", `{${odd}"p":"abc"}`),
  frame("contentBlockStop", '{"contentBlockIndex":0}'),
  frame("messageStop", '{"p":"a","stopReason":"end_turn"}'),
  frame(
    "metadata",
    '{"usage":{"totalTokens":5,"outputTokens":2,"inputTokens":3},"metrics":{"latencyMs":1.50}}',
  ),
]);

/** Google's spelling of line ends, and both spellings of its members. */
const chunks = [
  `{"candidates":[{"content":{"role":"model","parts":[{"text":"\\u3042👍🏽"}]}}],${odd}"x":1.10}`,
  `{${odd}"usage_new":{"a":1}}`,
  '{"candidates":[{"finishReason":"STOP"}],"usageMetadata":' +
    '{"candidatesTokenCount":2,"promptTokenCount":3,"odd":1e400}}',
]
  .map((data, n) => (n === 1 ? `: a comment\r\n\r\ndata:${data}\r\n\r\n` : `data: ${data}\r\n\r\n`))
  .join("");

const geminiBody =
  `{\n\t"contents" : [ {"parts":[{"text":"${words}"}],"role":"user" } ],${odd}` +
  '"generation_config":{"max_output_tokens": 16 , "temperature":1.0} } \n';

const eventStream = "application/vnd.amazon.eventstream";

const table: readonly Passing[] = [
  {
    dialect: "anthropic.messages",
    path: "/v1/messages",
    streamPath: "/v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    body: messageBody('"model":"claude-sonnet-4-6",'),
    streamed: messageBody('"stream": true,"model":"claude-sonnet-4-6",'),
    answer: message,
    streamType: "text/event-stream",
    stream: Buffer.from(sse),
  },
  {
    dialect: "bedrock.converse",
    path: `/model/converse.${claude}/converse`,
    streamPath: `/model/converse.${claude}/converse-stream`,
    headers: {},
    body:
      `{\n\t"messages" : [ {"content":[{"text":"${words}"}],"role":"user" } ],${odd}` +
      '"inferenceConfig":{"maxTokens": 16 , "temperature":1.0} } \n',
    streamed:
      `{${odd}"inferenceConfig":{"maxTokens":16},` +
      `"messages":[{"role":"user","content":[{"text":"${words}"}]}]}`,
    answer:
      `\r\n { "usage" : {"outputTokens":2, "totalTokens":5,"inputTokens":3},${odd}` +
      '"metrics":{"latencyMs":1.50},"stopReason":"end_turn","output":{"message":' +
      '{"content":[{"text":"\\u3042\\ud83d\\ude00あ"}],"role":"assistant"}}}\n',
    streamType: eventStream,
    stream: converse,
  },
  {
    dialect: "bedrock.invoke",
    path: `/model/invoke.${claude}/invoke`,
    streamPath: `/model/invoke.${claude}/invoke-with-response-stream`,
    headers: {},
    body: messageBody('"anthropic_version":"bedrock-2023-05-31",'),
    streamed: messageBody('"anthropic_version":"2026-10-21",'),
    answer: message,
    streamType: eventStream,
    stream: native,
  },
];

const gemini: Passing = {
  dialect: "gemini.generateContent",
  path: "/v1beta/models/gemini-2.5-flash:generateContent",
  streamPath: "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
  headers: {},
  body: geminiBody,
  streamed: geminiBody,
  answer:
    `\r\n { "usageMetadata" : {"candidatesTokenCount":2, "promptTokenCount":3},${odd}` +
    '"candidates":[{"finishReason":"STOP","content":{"parts":[{"text":"\\u3042\\ud83d\\ude00あ"}],' +
    '"role":"model"}}]}\n',
  streamType: "text/event-stream",
  stream: Buffer.from(chunks),
};

let upstream: ScriptedUpstream;
let gateway: GatewayUnderTest;

const model = (provider: string, name: string) => ({ targets: [{ provider, model: name }] });

const config = (): ConfigInput => {
  const bedrock = (api: "converse" | "invoke") => ({
    kind: "bedrock" as const,
    region: "us-east-1",
    baseUrl: upstream.url,
    api,
    credentials: [{ id: "main", bearer: "upstream-secret-1234" }],
  });
  return {
    providers: {
      anthropic: {
        kind: "anthropic",
        baseUrl: upstream.url,
        credentials: [{ id: "main", apiKey: "upstream-secret-1234" }],
      },
      gemini: {
        kind: "gemini",
        baseUrl: upstream.url,
        credentials: [{ id: "main", apiKey: "upstream-secret-1234" }],
      },
      converse: bedrock("converse"),
      invoke: bedrock("invoke"),
    },
    models: {
      "gemini-2.5-flash": model("gemini", "gemini-2.5-flash"),
      "claude-sonnet-4-6": model("anthropic", "claude-sonnet-4-6"),
      [`converse.${claude}`]: model("converse", `converse.${claude}`),
      [`invoke.${claude}`]: model("invoke", `invoke.${claude}`),
    },
    tenants: { demo: {} },
  };
};

before(async () => {
  upstream = await ScriptedUpstream.start();
  gateway = await GatewayUnderTest.start({ config });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

for (const passing of [...table, gemini]) {
  const { dialect, path, streamPath, headers, body, streamed } = passing;

  test(`WIR-10 ${dialect}: request and whole answer pass byte for byte`, async () => {
    upstream.answer = (response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(passing.answer);
    const response = await gateway.post(path, body, headers);
    assert.equal(await response.text(), passing.answer);
    assert.equal(response.status, 200);
    const seen = upstream.seen.at(-1);
    assert.deepEqual([seen?.path, seen?.body.toString()], [path, body]);
  });

  for (const size of [1, 5, 64, 1_000_000]) {
    test(`WIR-10 ${dialect}: a stream in slices of ${size} bytes passes too`, async () => {
      upstream.answer = (response) => {
        response.writeHead(200, { "content-type": passing.streamType });
        const { stream } = passing;
        for (let at = 0; at < stream.length; at += size) {
          response.write(stream.subarray(at, at + size));
        }
        response.end();
      };
      const response = await gateway.post(streamPath, streamed, headers);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), passing.stream);
      const seen = upstream.seen.at(-1);
      assert.deepEqual([seen?.path, seen?.body.toString()], [streamPath, streamed]);
      const { rows } = await gateway.settled();
      const row = rows.findLast(({ attempt }) => attempt === 0);
      assert.deepEqual([row?.outcome, row?.input, row?.output], ["ok", 3, 2]);
    });
  }
}
