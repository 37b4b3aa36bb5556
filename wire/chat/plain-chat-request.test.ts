import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import { writeMessagesRequest } from "../anthropic/write-request.ts";
import { writeConverseRequest } from "../bedrock/write-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { writeChatRequest } from "../openai/write-request.ts";
import { readPlainChatRequest, type PlainChatSetup } from "./plain-chat-request.ts";

const setup: PlainChatSetup = {
  model: "chat",
  systemPrompt: "You are a helpful AI assistant.",
  temperature: 0.5,
  topK: 200,
};

const read = (body: string) => readPlainChatRequest(Buffer.from(body), setup);

const canonicalOf = (body: object): CanonicalRequest => {
  const request = read(JSON.stringify(body));
  assert.ok(request.ok, request.ok ? "" : request.message);
  const canonical = request.value.toCanonical();
  assert.ok(canonical.ok);
  return { ...canonical.value, maxTokens: 1_024 };
};

/** The members that a target is sent, as far as they are of interest here. */
const written = (bytes: { readonly bytes: Buffer }): unknown =>
  JSON.parse(bytes.bytes.toString("utf8"));

describe("REF-9 readPlainChatRequest", () => {
  test("one message, the instruction of the configuration, its temperature and top_k", () => {
    const { model, system, messages, sampling } = canonicalOf({ content: "Hello" });
    assert.deepEqual(
      { model, system, messages },
      {
        model: "chat",
        system: [{ kind: "text", text: "You are a helpful AI assistant." }],
        messages: [{ role: "user", parts: [{ kind: "text", text: "Hello" }] }],
      },
    );
    assert.deepEqual([sampling.temperature, sampling.topP, sampling.topK], [0.5, null, 200]);
  });

  const instructions: readonly (readonly [unknown, readonly string[]])[] = [
    ["Be brief.", ["Be brief."]],
    [" indented", [" indented"]],
    ["", []],
    [" \n", []],
    [null, ["You are a helpful AI assistant."]],
    [undefined, ["You are a helpful AI assistant."]],
  ];
  for (const [prompt, texts] of instructions) {
    test(`system_prompt ${JSON.stringify(prompt)} gives ${texts.length} instructions`, () => {
      const { system } = canonicalOf({ content: "Hello", system_prompt: prompt });
      assert.deepEqual(
        system,
        texts.map((text) => ({ kind: "text", text })),
      );
    });
  }

  test("members that nobody knows change nothing", () => {
    const plain = canonicalOf({ content: "Hello" });
    assert.deepEqual(canonicalOf({ content: "Hello", model: "x", stream: true, n: 9 }), plain);
  });

  test("the prompt's size counts the text and its instruction", () => {
    const request = read(JSON.stringify({ content: "漫画", system_prompt: "abc" }));
    assert.ok(request.ok);
    const { size, stream, maxTokens } = request.value.facts;
    assert.deepEqual([size.textBytes, size.messages, stream, maxTokens], [9, 2, false, null]);
  });

  const refused: readonly (readonly [body: string, code: string, path: string | null])[] = [
    ["", "invalid_json", null],
    ["[]", "invalid_json", null],
    ['{"content":"a"', "invalid_json", null],
    ["{}", "missing_field", "content"],
    ['{"content":null}', "invalid_value", "content"],
    ['{"content":7}', "invalid_value", "content"],
    ['{"content":["a"]}', "invalid_value", "content"],
    ['{"content":""}', "invalid_value", "content"],
    ['{"content":" \\n\\t"}', "invalid_value", "content"],
    ['{"content":"a","system_prompt":1}', "invalid_value", "system_prompt"],
    ['{"content":"a","content":"b"}', "duplicate_field", "content"],
    [`{"content":"a","x":${"[".repeat(65)}${"]".repeat(65)}}`, "too_complex", null],
  ];
  for (const [body, code, path] of refused) {
    test(`${body.slice(0, 40) || "no body"}: ${code}`, () => {
      const request = read(body);
      assert.ok(!request.ok);
      assert.deepEqual([request.code, request.path], [code, path]);
    });
  }
});

describe("WIR-13 top_k of the plain chat", () => {
  test("Claude on Bedrock is told by the fields for the model", () => {
    const asked = writeConverseRequest(
      canonicalOf({ content: "Hello" }),
      "anthropic.claude-sonnet-4-6",
    );
    assert.ok(asked.ok);
    const body = written(asked.value);
    assert.partialDeepStrictEqual(body, {
      inferenceConfig: { temperature: 0.5, maxTokens: 1_024 },
      additionalModelRequestFields: { top_k: 200 },
    });
    assert.deepEqual(asked.value.dropped, []);
  });

  test("Anthropic has a member for it", () => {
    const asked = writeMessagesRequest(canonicalOf({ content: "Hello" }), {
      model: "claude-sonnet-4-6",
      apiVersion: "2023-06-01",
    });
    assert.ok(asked.ok);
    assert.partialDeepStrictEqual(written(asked.value), { temperature: 0.5, top_k: 200 });
  });

  test("OpenAI has none: it is dropped and named", () => {
    const asked = writeChatRequest(canonicalOf({ content: "Hello" }), {
      model: "gpt-4",
      maxTokensKey: "max_tokens",
    });
    assert.ok(asked.ok);
    assert.equal(asked.value.bytes.includes("top_k"), false);
    assert.deepEqual(asked.value.dropped, ["top_k"]);
  });
});
