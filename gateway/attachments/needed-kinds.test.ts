import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMessagesRequest } from "@sekisho/wire/anthropic/message-request.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import type { ClientRequest, SurfaceRequest } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { neededKinds } from "./needed-kinds.ts";

const url = "https://img.example.com/a";

const clientRequest = (said: SurfaceRequest): ClientRequest => ({
  ...said,
  inputTokensBound: Infinity,
  headerFeatures: [],
  canonical: () => said.read.toCanonical(),
  forget: () => said.read.forget(),
});

function chat(content: unknown): ClientRequest {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content }] });
  const parsed = readChatRequest(Buffer.from(body));
  assert.ok(parsed.ok);
  return clientRequest({ surface: "openai.chat", read: parsed.value });
}

function messages(...types: readonly string[]): ClientRequest {
  const content = types.map((type) => ({ type, source: { type: "url", url } }));
  const body = JSON.stringify({
    model: "m",
    max_tokens: 1,
    messages: [{ role: "user", content: [{ type: "text", text: "a" }, ...content] }],
  });
  const parsed = readMessagesRequest(Buffer.from(body));
  assert.ok(parsed.ok);
  const head = { apiVersion: "2023-06-01", betas: null } as const;
  return clientRequest({ surface: "anthropic.messages", read: parsed.value, head });
}

const chatImage = chat([{ type: "image_url", image_url: { url } }]);

type Case = readonly [
  title: string,
  request: ClientRequest,
  apis: readonly TargetApi[],
  kinds: readonly MediaKind[],
];

const cases: readonly Case[] = [
  ["text", chat("a"), ["bedrock.converse"], []],
  [
    "an image in it",
    chat([{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }]),
    ["bedrock.converse"],
    [],
  ],
  ["an image by URL", chatImage, ["bedrock.converse"], ["image"]],
  ["an image by URL", chatImage, ["bedrock.invoke"], ["image"]],
  ["an image by URL", chatImage, ["anthropic.messages"], []],
  ["an image by URL", chatImage, ["openai.chat"], []],
  ["an image by URL", chatImage, ["openai.chat", "bedrock.converse"], ["image"]],
  ["an image by URL", messages("image"), ["anthropic.messages", "openai.chat"], []],
  ["a document by URL", messages("document"), ["openai.chat"], ["document"]],
  ["a document by URL", messages("document"), ["anthropic.messages"], []],
  ["both by URL", messages("image", "document"), ["openai.chat"], ["document"]],
  ["both by URL", messages("image", "document"), ["bedrock.converse"], ["image", "document"]],
  ["both by URL", messages("image", "document"), ["bedrock.invoke"], ["image", "document"]],
  ["a document by URL", messages("document"), [], []],
];

describe("WIR-13 what is fetched for whom", () => {
  for (const [title, request, apis, kinds] of cases) {
    const what = kinds.length === 0 ? "nothing" : kinds.join(", ");
    test(`${title} on ${request.surface} for ${apis.join(", ")}: ${what}`, () => {
      const attempts = apis.map((api) => ({ api }));
      assert.deepEqual([...neededKinds(request, attempts)], kinds);
    });
  }

  test("a request that names nothing elsewhere is not translated to learn it", () => {
    const request: ClientRequest = { ...chat("a"), canonical: () => assert.fail("translated") };
    assert.equal(neededKinds(request, [{ api: "bedrock.converse" }]).size, 0);
  });
});
