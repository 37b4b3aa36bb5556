import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { SessionClient } from "../harness/session-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const secret = "secret-of-a-key-for-one-model";
const headers = { authorization: `Bearer ${secret}` };
const text = "Hello";
const user = (content: unknown) => [{ role: "user", content }];

const config = (url: string): ConfigInput => {
  const steered = steeredConfig(url);
  const vectors = { targets: [{ provider: "near", model: "text-embedding-3-small" }] };
  const keys = [{ id: "one", secret, models: ["sole", "so*x"] }];
  return {
    ...steered,
    models: { ...steered.models, vectors },
    tenants: { ...steered.tenants, narrow: { keys } },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

type Asking = (model: string) => readonly [path: string, body: object];

const openai =
  (path: string, body: object): Asking =>
  (model) => [path, { model, ...body }];
const claude = { anthropic_version: "bedrock-2023-05-31", max_tokens: 5, messages: user(text) };
const gemini = { contents: [{ parts: [{ text }] }] };
const converse = { messages: user([{ text }]) };

/** Every way in by which a model can be named. */
const ways: Readonly<Record<string, Asking>> = {
  chat: openai("/v1/chat/completions", { messages: user(text) }),
  "chat, streamed": openai("/v1/chat/completions", { messages: user(text), stream: true }),
  "chat below /openai": openai("/openai/v1/chat/completions", { messages: user(text) }),
  completions: openai("/v1/completions", { prompt: text }),
  responses: openai("/v1/responses", { input: text }),
  "responses, in the background": openai("/v1/responses", { input: text, background: true }),
  embeddings: openai("/v1/embeddings", { input: text }),
  messages: openai("/v1/messages", { messages: user(text), max_tokens: 5 }),
  "messages below /anthropic": openai("/anthropic/v1/messages", {
    messages: user(text),
    max_tokens: 5,
  }),
  "messages, counted": openai("/v1/messages/count_tokens", { messages: user(text) }),
  converse: (model) => [`/model/${model}/converse`, converse],
  "converse, streamed": (model) => [`/model/${model}/converse-stream`, converse],
  invoke: (model) => [`/model/${model}/invoke`, claude],
  "invoke, streamed": (model) => [`/model/${model}/invoke-with-response-stream`, claude],
  "converse, counted": (model) => [`/model/${model}/count-tokens`, { input: { converse } }],
  generateContent: (model) => [`/v1beta/models/${model}:generateContent`, gemini],
  streamGenerateContent: (model) => [
    `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    gemini,
  ],
  "Gemini, counted": (model) => [`/v1beta/models/${model}:countTokens`, gemini],
};

/** There, what a body means is asked of the model's kind first. */
const vectorsFor = (way: string): readonly string[] => (way === "invoke" ? [] : ["vectors"]);

describe("SEC-17 a key calls the models of its list alone", () => {
  for (const [way, asking] of Object.entries(ways)) {
    test(way, async () => {
      const calls = gateway.simulator.calls().length;
      for (const model of ["pair", "Sole", "soles", "%70air", ...vectorsFor(way)]) {
        const [path, body] = asking(model);
        const answer = await gateway.post(path, body, headers);
        const said = await answer.text();
        const line = `${model}: ${answer.status} ${said}`;
        assert.ok(answer.status >= 400 && answer.status < 500, line);
        assert.match(
          answer.headers.get("x-sekisho-cause") ?? "",
          /^(?:model_forbidden|model_not_found)$/,
          line,
        );
      }
      const [path, body] = asking("pair");
      const refused = await gateway.post(path, body, headers);
      await refused.arrayBuffer();
      assert.equal(refused.headers.get("x-sekisho-cause"), "model_forbidden");
      assert.equal(gateway.simulator.calls().length, calls);
    });
  }

  test("moderations, whose model the configuration names", async () => {
    const answer = await gateway.post("/v1/moderations", { input: text, model: "pair" }, headers);
    assert.ok(answer.status >= 400 && answer.status < 500, await answer.text());
  });

  test("a session over WebSocket", async () => {
    using client = new SessionClient(gateway.url, "", headers);
    await client.next("authenticated");
    client.say({ type: "start", id: "one", request: { model: "pair", messages: user(text) } });
    assert.equal((await client.next("error")).code, "model_forbidden");
    client.say({ type: "start", id: "two", request: { model: "sole", messages: user(text) } });
    assert.equal((await client.next("done")).finish, "stop");
  });

  test("lists name no other, and what is on the list is answered", async () => {
    for (const path of ["/v1/models", "/v1beta/models"]) {
      const answer = await fetch(`${gateway.url}${path}`, { headers });
      const said = await answer.text();
      assert.match(said, /sole/);
      assert.doesNotMatch(said, /pair|vectors|hasty/);
    }
    assert.equal((await fetch(`${gateway.url}/v1/models/pair`, { headers })).status, 403);
    for (const way of ["chat", "responses", "messages", "converse", "generateContent"]) {
      const [path, body] = ways[way]?.("sole") ?? assert.fail(way);
      const answer = await gateway.post(path, body, headers);
      assert.equal(answer.status, 200, await answer.text());
    }
  });
});
