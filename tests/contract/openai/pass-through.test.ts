import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { ScriptedUpstream } from "../../harness/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let gateway: GatewayUnderTest;

const config = (): ConfigInput => ({
  providers: {
    scripted: {
      kind: "openai-compatible",
      baseUrl: `${upstream.url}/base/v1`,
      credentials: [{ id: "main", apiKey: "upstream-secret-1234" }],
    },
  },
  models: {
    "gpt-4-turbo": { targets: [{ provider: "scripted", model: "gpt-4-turbo" }] },
    alias: { targets: [{ provider: "scripted", model: "gpt-4-turbo" }] },
    warm: {
      targets: [{ provider: "scripted", model: "gpt-4-turbo" }],
      defaults: { maxTokens: 77, temperature: 0.3 },
    },
  },
  tenants: { demo: {} },
});

before(async () => {
  upstream = await ScriptedUpstream.start();
  gateway = await GatewayUnderTest.start({ config });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const json = { "content-type": "application/json" };

/** Blanks, an order of keys, numbers beyond a double, escapes, fields that nobody knows. */
const answerText =
  '\r\n { "usage" : {"prompt_tokens":3, "completion_tokens":2,"total_tokens":5, "odd":1e400 },' +
  '"object":"chat.completion","id":"chatcmpl-9007199254740993","created":9007199254740993,' +
  '"x_unknown":{"a":[1.0,2.50,-0]},"model":"gpt-4-turbo-2099",' +
  '"choices":[{"finish_reason":"stop","index":0,"message":{"content":"\\u3042\\ud83d\\ude00あ",' +
  '"role":"assistant"}}]}\n';

const answerWhole = (): void => {
  upstream.answer = (response) => response.writeHead(200, json).end(answerText);
};

const chat = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  gateway.post("/v1/chat/completions", body, headers);

const unchanged =
  '{\n\t"messages" : [ {"content":"\\u3042 あ 👍 \\/ 9007199254740993","role":"user" } ],' +
  '"seed": 9007199254740993 ,"x_unknown":{"b":1.10,"a":[ ]},"logit_bias":{"50256":-100},' +
  '"max_tokens":16,"model":"gpt-4-turbo" } \n';

test("WIR-10 a body in which nothing must change, and its answer, pass byte for byte", async () => {
  answerWhole();
  const response = await chat(unchanged);
  assert.equal(await response.text(), answerText);
  assert.equal(upstream.seen.at(-1)?.body.toString(), unchanged);
});

test("WIR-10 only what must change is spliced in", async () => {
  answerWhole();
  const bodyAt = async (sent: string): Promise<string | undefined> => {
    const response = await chat(sent);
    assert.equal(response.status, 200);
    await response.arrayBuffer();
    return upstream.seen.at(-1)?.body.toString();
  };
  const aliased = unchanged.replace('"gpt-4-turbo"', '"alias"');
  assert.equal(await bodyAt(aliased), unchanged);
  const uncapped = unchanged.replace('"max_tokens":16,', "");
  assert.equal(await bodyAt(uncapped), uncapped.replace("{", '{"max_tokens":4096,'));
  const warm = uncapped.replace('"gpt-4-turbo"', '"warm"');
  assert.equal(await bodyAt(warm), uncapped.replace("{", '{"max_tokens":77,"temperature":0.3,'));
  const decided = warm.replace("{", '{"temperature":1.70,');
  assert.equal(
    await bodyAt(decided),
    decided.replace('"warm"', '"gpt-4-turbo"').replace("{", '{"max_tokens":77,'),
  );
});

test("SEC-7 headers travel by list: neither way anything else", async () => {
  upstream.answer = (response) =>
    response
      .writeHead(200, { ...json, "set-cookie": "a=b", "x-internal": "secret", server: "upstream" })
      .end(answerText);
  const response = await chat(unchanged, {
    cookie: "session=1",
    "x-forwarded-for": "10.0.0.1",
    "x-sekisho-user": "user-1",
    "x-custom": "mine",
    "openai-organization": "org",
  });
  await response.arrayBuffer();
  for (const name of ["set-cookie", "x-internal", "server"]) {
    assert.equal(response.headers.get(name), null, name);
  }
  const seen = upstream.seen.at(-1);
  const names = (seen?.rawHeaders ?? [])
    .filter((_, n) => n % 2 === 0)
    .map((name) => name.toLowerCase());
  const allowed = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
  ];
  assert.deepEqual(names.toSorted(), allowed);
  const values = seen?.rawHeaders.join("\n") ?? "";
  assert.match(values, /^Bearer upstream-secret-1234$/m);
  assert.ok(!values.includes(gateway.key));
  assert.equal(seen?.path, "/base/v1/chat/completions");
});

const chunk = (choice: string, rest = ""): string =>
  `data: {"id":"c-1","object":"chat.completion.chunk","created":1,"model":"m",` +
  `"choices":[${choice}]${rest}}\n\n`;

const delta = (text: string): string =>
  chunk(`{"index":0,"delta":{"content":${text}},"finish_reason":null}`);
const finish = chunk('{"index":0,"delta":{},"finish_reason":"stop"}');
const usage = chunk("", ',"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}');
const done = "data: [DONE]\n\n";

const odd =
  ": a comment\n\n" +
  chunk('{"index":0,"delta":{"role":"assistant"},"finish_reason":null}') +
  delta('"\\u3042"') +
  'data:{"choices":[{"delta":{"content":"no space"},"index":0}],"x":9007199254740993}\r\n\r\n' +
  "event: message\nid: 5\nretry: 10\n" +
  delta('"👍🏽"') +
  ": another\r\n\r\n" +
  finish;

const sse = { "content-type": "text/event-stream" };

const streamed = unchanged.replace("{", '{"stream":true,');

test("WIR-10 a stream passes byte for byte, whatever the slices it arrives in", async () => {
  const asked = streamed.replace("{", '{"stream_options":{"include_usage":true},');
  const bytes = Buffer.from(odd + usage + done);
  for (const size of [1, 5, 64, bytes.length]) {
    upstream.answer = (response) => {
      response.writeHead(200, sse);
      for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
      response.end();
    };
    const response = await chat(asked);
    assert.equal(await response.text(), odd + usage + done);
    assert.equal(upstream.seen.at(-1)?.body.toString(), asked);
  }
});

test("WIR-10 usage that the client did not ask for is asked for, and taken out again", async () => {
  upstream.answer = (response) => response.writeHead(200, sse).end(odd + usage + done);
  const response = await chat(streamed);
  assert.equal(await response.text(), odd + done);
  assert.equal(
    upstream.seen.at(-1)?.body.toString(),
    streamed.replace("{", '{"stream_options":{"include_usage":true},'),
  );
  const { rows } = await gateway.settled();
  const row = rows.findLast(({ attempt }) => attempt === 0);
  assert.deepEqual([row?.input, row?.output, row?.usageSource], [3, 2, "reported"]);
});

test("STR-4 nothing behind the terminal event reaches the client", async () => {
  const whole = odd + done;
  upstream.answer = (response) => response.writeHead(200, sse).end(whole + delta('"late"') + done);
  const response = await chat(streamed);
  assert.equal(await response.text(), whole);
});
