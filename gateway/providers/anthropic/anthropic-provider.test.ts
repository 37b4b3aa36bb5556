import assert from "node:assert/strict";
import { test } from "node:test";
import type { SurfaceHead } from "../../request.ts";
import { sentBy } from "../sent-request-harness.ts";
import { AnthropicProvider, type AnthropicEndpoint } from "./anthropic-provider.ts";

const endpoint: AnthropicEndpoint = {
  name: "a",
  origin: "http://127.0.0.1:9",
  basePath: "/base",
  apiVersion: "2023-06-01",
  credential: { kind: "apiKey", value: "secret" },
};

const messages = [{ role: "user", content: "Hi" }];

const sent = (said: SurfaceHead, body: object, over: Partial<AnthropicEndpoint> = {}) =>
  sentBy((ports) => new AnthropicProvider(ports, { ...endpoint, ...over }), {
    said,
    body,
    api: "anthropic.messages",
    model: "claude-haiku-4-5",
  });

const own = (betas: string | null): SurfaceHead => ({
  surface: "anthropic.messages",
  head: { apiVersion: "2026-10-21", betas },
});

test("WIR-10 a client's own bytes pass with the model's name alone changed", () => {
  const { request, body, dropped } = sent(own(null), {
    model: "fast",
    max_tokens: 50,
    odd: { b: 1, a: 2 },
    messages,
  });
  assert.equal(request.path, "/base/v1/messages");
  assert.deepEqual(body, {
    model: "claude-haiku-4-5",
    max_tokens: 50,
    odd: { b: 1, a: 2 },
    messages,
  });
  assert.deepEqual(dropped, []);
});

test("SEC-7 a client's version and betas go along, for others the configured version", () => {
  const body = { model: "fast", max_tokens: 5, messages };
  const said = sent(own("one,two"), body).headers;
  assert.equal(said.get("anthropic-version"), "2026-10-21");
  assert.equal(said.get("anthropic-beta"), "one,two");
  const foreign = sent({ surface: "openai.chat" }, body).headers;
  assert.equal(foreign.get("anthropic-version"), "2023-06-01");
  assert.equal(foreign.get("anthropic-beta"), undefined);
});

test("WIR-13 betas that Bedrock's clients name in a body are named in the header", () => {
  const { headers, body } = sent(
    {
      surface: "bedrock.invoke",
      path: { model: "m", stream: false },
      head: { headers: new Map() },
    },
    {
      anthropic_version: "bedrock-2023-05-31",
      anthropic_beta: ["x", "y"],
      max_tokens: 5,
      messages,
    },
  );
  assert.equal(headers.get("anthropic-beta"), "x,y");
  assert.equal(body["anthropic_beta"], undefined);
});

test("a key goes as x-api-key, a token as bearer, and none as nothing", () => {
  const body = { model: "fast", max_tokens: 5, messages };
  assert.equal(sent(own(null), body).headers.get("x-api-key"), "secret");
  const bearer = sent(own(null), body, { credential: { kind: "bearer", value: "t" } }).headers;
  assert.deepEqual([bearer.get("authorization"), bearer.get("x-api-key")], ["Bearer t", undefined]);
  const bare = sent(own(null), body, { credential: null }).headers;
  assert.deepEqual([bare.get("authorization"), bare.get("x-api-key")], [undefined, undefined]);
});
