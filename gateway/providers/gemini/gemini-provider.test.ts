import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SurfaceHead } from "../../request.ts";
import { sentBy, type Asked } from "../sent-request-harness.ts";
import { GeminiProvider, type GeminiEndpoint } from "./gemini-provider.ts";

const endpoint: GeminiEndpoint = {
  name: "g",
  origin: "http://127.0.0.1:9",
  basePath: "/base",
  apiKey: "secret",
};

const own = (stream: boolean): SurfaceHead => ({
  surface: "gemini.generateContent",
  path: { model: "fast", stream },
});

const sent = (
  said: SurfaceHead,
  body: object,
  over: Partial<GeminiEndpoint & Pick<Asked, "model" | "signed">> = {},
) => {
  const { model = "gemini-2.5-flash", signed = {}, ...rest } = over;
  return sentBy((ports) => new GeminiProvider(ports, { ...endpoint, ...rest }), {
    said,
    body,
    api: "gemini.generateContent",
    model,
    signed,
  });
};

const contents = [{ role: "user", parts: [{ text: "Hi" }] }];

describe("what Gemini is sent", () => {
  test("WIR-10 a client's own bytes pass; model and streaming stand in the path", () => {
    const body = { contents, odd: { b: 1 }, generationConfig: { maxOutputTokens: 50 } };
    const whole = sent(own(false), body);
    assert.equal(whole.request.path, "/base/v1beta/models/gemini-2.5-flash:generateContent");
    assert.deepEqual(whole.body, body);
    assert.equal(whole.headers.get("accept"), "application/json");
    const { request, headers } = sent(own(true), body);
    const path = "/base/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse";
    assert.deepEqual([request.path, headers.get("accept")], [path, "text/event-stream"]);
  });

  test("SEC-7 the key goes in its header and nowhere else, and none as nothing", () => {
    const { request, headers } = sent(own(false), { contents });
    assert.equal(headers.get("x-goog-api-key"), "secret");
    assert.ok(!request.path.includes("secret"));
    const bare = sent(own(false), { contents }, { apiKey: null }).headers;
    assert.equal(bare.get("x-goog-api-key"), undefined);
  });

  test("WIR-4 a model's name is one segment", () => {
    const { request } = sent(own(false), { contents }, { model: "a/b:c?d" });
    assert.equal(request.path, "/base/v1beta/models/a%2Fb%3Ac%3Fd:generateContent");
  });

  test("another dialect's request is written in Gemini's words", () => {
    const asked = { model: "fast", messages: [{ role: "user", content: "Hi" }] };
    const { body } = sent({ surface: "openai.chat" }, asked);
    assert.deepEqual(body, { contents, generationConfig: { maxOutputTokens: 50 } });
  });

  test("WIR-13 signatures go back to who signed them, and to nobody else", () => {
    const parts = [
      { functionCall: { name: "f" }, thoughtSignature: "bWluZQ==" },
      { functionCall: { name: "f" }, thoughtSignature: "b3RoZXI=" },
      { functionCall: { name: "f" }, thoughtSignature: "bmV3" },
    ];
    const body = { contents: [...contents, { role: "model", parts }] };
    const signed = { "bWluZQ==": "gemini", "b3RoZXI=": "anthropic" } as const;
    const { body: written, dropped } = sent(own(false), body, { signed });
    const [, answer] = written["contents"] as { parts: object[] }[]; // its own shape
    assert.deepEqual(
      answer?.parts.map((part) => "thoughtSignature" in part),
      [true, false, true],
    );
    assert.deepEqual(dropped, ["reasoning_signed"]);
  });
});
