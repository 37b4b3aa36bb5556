import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest, Message } from "../canonical/request.ts";
import { chatProvider } from "../openai/codec.ts";
import { read, recorded } from "./answer-fixture.ts";

const canonicalOf = (body: object | Buffer): CanonicalRequest => {
  const canonical = read(body).toCanonical();
  assert.ok(canonical.ok);
  return canonical.value;
};

const messagesOf = (...input: object[]): readonly Message[] =>
  canonicalOf({ model: "m", input }).messages;

const text = (words: string) => ({ kind: "text", text: words });

describe("WIR-8 a request for a response in the canonical shape", () => {
  test("a text is the user's turn, instructions stand ahead of it", () => {
    const { system, messages } = canonicalOf({ model: "m", input: "Hi", instructions: "Be brief" });
    assert.deepEqual(system, [text("Be brief")]);
    assert.deepEqual(messages, [{ role: "user", parts: [text("Hi")] }]);
  });

  test("leading instructions are the system's, later ones keep their place", () => {
    const { system, messages } = canonicalOf({
      model: "m",
      instructions: "one",
      input: [
        { role: "developer", content: "two" },
        { role: "system", content: [{ type: "input_text", text: "three" }] },
        { role: "user", content: "Hi" },
        { role: "developer", content: "four" },
      ],
    });
    assert.deepEqual(system, [text("one"), text("two"), text("three")]);
    assert.deepEqual(messages, [
      { role: "user", parts: [text("Hi")] },
      { role: "system", parts: [text("four")] },
    ]);
  });

  test("what the assistant thought, said and called is one turn, and so are the results", () => {
    const messages = messagesOf(
      { role: "user", content: "Hi" },
      { type: "reasoning", summary: [{ text: "hm" }], encrypted_content: "signed.s" },
      { role: "assistant", content: "Let me look" },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "b", name: "g", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "one" },
      { type: "function_call_output", call_id: "b", output: "two" },
    );
    assert.deepEqual(
      messages.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)]),
      [
        ["user", ["text"]],
        ["assistant", ["reasoning", "text", "toolCall", "toolCall"]],
        ["tool", ["toolResult", "toolResult"]],
      ],
    );
  });

  test("two turns of the user's stay two", () => {
    assert.equal(
      messagesOf({ role: "user", content: "a" }, { role: "user", content: "b" }).length,
      2,
    );
  });

  test("images and files by data, by URL and by id; a mark is a cache point", () => {
    const [message] = messagesOf({
      role: "user",
      content: [
        { type: "input_image", image_url: "data:image/jpeg;base64,AAAA", detail: "low" },
        { type: "input_image", image_url: "https://a.b/c.png" },
        { type: "input_image", file_id: "file-1" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
        { type: "input_file", file_data: "AAAA" },
        { type: "input_file", file_url: "https://a.b/c.pdf" },
        { type: "input_file", file_id: "file-2", prompt_cache_breakpoint: { ttl: "12h" } },
      ],
    });
    const base64 = (mediaType: string) => ({ kind: "base64", mediaType, data: "AAAA" });
    assert.deepEqual(message?.parts, [
      { kind: "image", source: base64("image/jpeg"), detail: "low" },
      { kind: "image", source: { kind: "url", url: "https://a.b/c.png" } },
      { kind: "image", source: { kind: "file", id: "file-1" } },
      { kind: "document", source: base64("application/pdf"), name: "a.pdf" },
      { kind: "document", source: base64("application/pdf") },
      { kind: "document", source: { kind: "url", url: "https://a.b/c.pdf" } },
      { kind: "document", source: { kind: "file", id: "file-2" } },
      { kind: "cachePoint", ttl: "1h" },
    ]);
  });

  const seals: readonly (readonly [sealed: string | null, part: object])[] = [
    ["signed.a.b", { kind: "reasoning", text: "hm", signature: "a.b" }],
    ["redacted.x", { kind: "reasoning", text: "hm", redacted: "x" }],
    ["gAAAAAB-of-OpenAI", { kind: "reasoning", text: "hm" }],
    [null, { kind: "reasoning", text: "hm" }],
  ];
  for (const [encrypted, part] of seals) {
    test(`WIR-13 reasoning sealed as ${encrypted} goes back to who sealed it`, () => {
      const item = { type: "reasoning", summary: [{ text: "hm" }], encrypted_content: encrypted };
      assert.deepEqual(messagesOf({ role: "user", content: "Hi" }, item)[1]?.parts, [part]);
    });
  }

  test("a result may hold a picture", () => {
    const image = { type: "input_image", image_url: "https://a.b/c.png" };
    const output = [{ type: "input_text", text: "see" }, image];
    const [, result] = messagesOf(
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output },
    );
    assert.deepEqual(result?.parts, [
      {
        kind: "toolResult",
        id: "a",
        parts: [text("see"), { kind: "image", source: { kind: "url", url: image.image_url } }],
      },
    ]);
  });

  test("allowed tools narrow the list", () => {
    const { tools, toolChoice } = canonicalOf({
      model: "m",
      input: "Hi",
      tools: [
        { type: "function", name: "f" },
        { type: "function", name: "g", strict: true },
      ],
      tool_choice: {
        type: "allowed_tools",
        mode: "required",
        tools: [{ type: "function", name: "g" }],
      },
    });
    assert.deepEqual(toolChoice, { kind: "required" });
    assert.deepEqual(tools, [{ name: "g", description: null, parameters: null, strict: true }]);
  });

  test("what chats say too is said to them in their words", () => {
    const written = chatProvider("max_completion_tokens").writeRequest(
      canonicalOf({
        model: "m",
        input: "Hi",
        max_output_tokens: 9,
        temperature: 0.5,
        reasoning: { effort: "low", summary: "auto" },
        text: { verbosity: "high", format: { type: "json_object" } },
        tool_choice: { type: "function", name: "f" },
        tools: [{ type: "function", name: "f" }],
        parallel_tool_calls: false,
        metadata: { a: "b" },
        user: "u",
        service_tier: "flex",
        prompt_cache_key: "k",
        store: true,
        truncation: "auto",
        include: ["reasoning.encrypted_content"],
      }),
      "gpt-5",
    );
    assert.ok(written.ok);
    assert.deepEqual(JSON.parse(written.value.bytes.toString()), {
      model: "gpt-5",
      messages: [{ role: "user", content: "Hi" }],
      max_completion_tokens: 9,
      temperature: 0.5,
      reasoning_effort: "low",
      verbosity: "high",
      response_format: { type: "json_object" },
      tool_choice: { type: "function", function: { name: "f" } },
      tools: [{ type: "function", function: { name: "f" } }],
      parallel_tool_calls: false,
      metadata: { a: "b" },
      user: "u",
      service_tier: "flex",
      prompt_cache_key: "k",
    });
  });

  test("the AI SDK's schema is the schema of the answer", () => {
    assert.deepEqual(canonicalOf(recorded("ai-schema")).responseFormat, {
      kind: "schema",
      name: "response",
      strict: true,
      description: null,
      schema: {
        type: "object",
        properties: { a: { type: "string" } },
        required: ["a"],
        additionalProperties: false,
      },
    });
  });
});
