import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { messagesOf } from "@sekisho/wire/bedrock/answer-fixture.ts";
import { ScriptedProviders } from "../harness/scripted-providers.ts";

let scripted: ScriptedProviders;

before(async () => {
  scripted = await ScriptedProviders.start();
});
after(() => scripted[Symbol.asyncDispose]());

const native = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 9,
  messages: [{ role: "user", content: "Hi" }],
};

/** As Claude answers, at Anthropic and behind InvokeModel. */
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-6",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: {
    input_tokens: 19,
    output_tokens: 10,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
  },
};

const prefix = "x-amzn-bedrock-";
const metricsOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    [...headers].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

const counts = {
  "input-token-count": "19",
  "output-token-count": "10",
  "cache-read-input-token-count": "3",
  "cache-write-input-token-count": "4",
};

describe("WIR-11 the head of a whole native answer", () => {
  test("is the provider's where the answer passes, and no other header of its is", async () => {
    const told = { ...counts, "input-token-count": "20", "invocation-latency": "1234" };
    const headers = Object.fromEntries(
      Object.entries(told).map(([name, value]) => [prefix + name, value]),
    );
    scripted.answers(200, message, { ...headers, "x-amzn-bedrock-other": "1", "x-secret": "1" });
    const answer = await scripted.gateway.post("/model/bedrock/invoke", native);
    assert.deepEqual(await answer.json(), message);
    assert.deepEqual(metricsOf(answer), told);
    assert.equal(answer.headers.get("x-secret"), null);
  });

  for (const model of ["bedrock", "claude"]) {
    test(`is made of the usage where "${model}" tells none`, async () => {
      scripted.answers(200, message);
      const answer = await scripted.gateway.post(`/model/${model}/invoke`, native);
      assert.equal(answer.status, 200);
      const { "invocation-latency": latency, ...others } = metricsOf(answer);
      assert.deepEqual(others, counts);
      assert.match(latency ?? "", /^\d+$/);
    });
  }

  test("has none of it on other surfaces", async () => {
    scripted.answers(200, message, { [`${prefix}input-token-count`]: "19" });
    const body = { model: "claude", max_tokens: 9, messages: native.messages };
    const answer = await scripted.gateway.post("/v1/messages", body);
    assert.equal(answer.status, 200);
    assert.deepEqual(metricsOf(answer), {});
  });
});

const converse = { messages: [{ role: "user", content: [{ text: "Hi" }] }] };
/** So long an answer takes at least. */
const slowMs = 150;

describe("how long a translated answer took", () => {
  test("stands in a whole answer of Converse", async () => {
    scripted.upstream.answer = (response) =>
      void sleep(slowMs).then(() =>
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify(message)),
      );
    const answer = await scripted.gateway.post("/model/claude/converse", converse);
    const { metrics } = (await answer.json()) as { metrics: { latencyMs: number } };
    assert.ok(metrics.latencyMs >= slowMs, `${metrics.latencyMs} ms`);
  });

  const events = (text: string): string[] => [
    JSON.stringify({ type: "message_start", message: { ...message, content: [] } }),
    JSON.stringify({
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "" },
    }),
    JSON.stringify({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    }),
    JSON.stringify({ type: "content_block_stop", index: 0 }),
    JSON.stringify({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 10 },
    }),
    JSON.stringify({ type: "message_stop" }),
  ];

  const streamSlowly = (): void => {
    scripted.upstream.answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const frames = events("Hello").map(
        (json) => `event: ${(JSON.parse(json) as { type: string }).type}\ndata: ${json}\n\n`,
      );
      response.write(frames.slice(0, 3).join(""));
      void sleep(slowMs).then(() => response.end(frames.slice(3).join("")));
    };
  };

  /** The payload of the last message. */
  const lastOf = async (answer: Response): Promise<unknown> => {
    const last = messagesOf(Buffer.from(await answer.arrayBuffer())).at(-1) ?? "";
    return JSON.parse(last.slice(last.indexOf(" ")));
  };

  test("stands behind a stream of Converse", async () => {
    streamSlowly();
    const answer = await scripted.gateway.post("/model/claude/converse-stream", converse);
    const last = (await lastOf(answer)) as { metrics: { latencyMs: number } };
    assert.ok(last.metrics.latencyMs >= slowMs, `${last.metrics.latencyMs} ms`);
  });

  test("stands in the last event of a native stream", async () => {
    streamSlowly();
    const path = "/model/claude/invoke-with-response-stream";
    const answer = await scripted.gateway.post(path, native);
    const last = (await lastOf(answer)) as { bytes: string };
    const event = JSON.parse(Buffer.from(last.bytes, "base64").toString("utf8"));
    const metrics = event["amazon-bedrock-invocationMetrics"];
    assert.ok(metrics.invocationLatency >= slowMs, `${metrics.invocationLatency} ms`);
    assert.ok(metrics.firstByteLatency < metrics.invocationLatency);
  });
});
