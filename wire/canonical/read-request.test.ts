import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import { readMessagesRequest } from "../anthropic/message-request.ts";
import { readConverseRequest } from "../bedrock/converse-request.ts";
import { readInvokeRequest } from "../bedrock/invoke/invoke-request.ts";
import { readPlainChatRequest } from "../chat/plain-chat-request.ts";
import { readChatRequest } from "../openai/chat-request.ts";
import { readCompletionsRequest } from "../openai/completions-request.ts";
import { readResponsesRequest } from "../responses/responses-request.ts";
import type { Parsed } from "../result.ts";
import type { ReadRequest } from "./read-request.ts";

const haiku = { model: "anthropic.claude-3-haiku-20240307-v1:0", stream: true };
const message = { role: "user", content: "Hi" };
const block = { role: "user", content: [{ text: "Hi" }] };

const setup = { model: "chat", systemPrompt: "Be kind.", temperature: 0.5, topK: 200 };

const requests: Readonly<Record<string, [(bytes: Buffer) => Parsed<ReadRequest>, object]>> = {
  "openai.chat": [readChatRequest, { model: "m", messages: [message] }],
  "openai.completions": [readCompletionsRequest, { model: "m", prompt: "Hi" }],
  "openai.responses": [readResponsesRequest, { model: "m", input: "Hi" }],
  "anthropic.messages": [readMessagesRequest, { model: "m", max_tokens: 9, messages: [message] }],
  "bedrock.converse": [(bytes) => readConverseRequest(bytes, haiku), { messages: [block] }],
  "bedrock.invoke of Claude": [
    (bytes) => readInvokeRequest(bytes, haiku),
    { anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: [message] },
  ],
  "bedrock.invoke of Nova": [
    (bytes) => readInvokeRequest(bytes, { model: "amazon.nova-lite-v1:0", stream: true }),
    { messages: [block] },
  ],
  "bedrock.invoke of another maker": [
    (bytes) => readInvokeRequest(bytes, { model: "meta.llama3-8b-v1:0", stream: true }),
    { prompt: "Hi" },
  ],
  chat: [(bytes) => readPlainChatRequest(bytes, setup), { content: "Hi" }],
};

describe("ReadRequest", () => {
  for (const [name, [read, body]] of Object.entries(requests)) {
    test(`${name}: what was forgotten is said again, the same`, () => {
      const request = read(Buffer.from(JSON.stringify(body)));
      assert.ok(request.ok, request.ok ? "" : request.message);
      const before = request.value.toCanonical();
      const facts = structuredClone(request.value.facts);
      request.value.forget();
      assert.deepEqual(request.value.toCanonical(), before);
      assert.deepEqual(structuredClone(request.value.facts), facts);
    });
  }
});
