import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { readChatRequest } from "./chat-request.ts";

type Body = Readonly<Record<string, unknown>>;

const user = { role: "user", content: "Hi" };
const minimal: Body = { model: "m", messages: [user] };
const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } };
const image = (url: unknown): unknown => ({ type: "image_url", image_url: { url } });

const read = (body: unknown) => readChatRequest(Buffer.from(JSON.stringify(body)));

const accept = (body: Body): void => {
  const request = read(body);
  assert.ok(request.ok, request.ok ? "" : request.message);
};

const withMessage = (...messages: unknown[]): Body => ({ model: "m", messages });
const withContent = (...content: unknown[]): Body => withMessage({ role: "user", content });
const withMembers = (members: Body): Body => ({ ...minimal, ...members });

describe("what is accepted", () => {
  const bodies: readonly (readonly [what: string, body: Body])[] = [
    ["the least", minimal],
    ["nulls for everything optional", withMembers(nulls())],
    ["unknown members", withMembers({ top_k: 5, reasoning_effort: "low", store: true, x: [{}] })],
    ["unknown members of Object", withMembers({ constructor: 1, toString: 2, hasOwnProperty: 3 })],
    ["sampling at its limits", withMembers({ temperature: 0, top_p: 1, presence_penalty: -2 })],
    ["sampling at its other limits", withMembers({ temperature: 2, top_p: 0, n: 128 })],
    ["a seed beyond 2^53", withMembers({ seed: 2 ** 60 })],
    ["a string and four strings to stop", withMembers({ stop: ["a", "b", "c", ""] })],
    ["stream options", withMembers({ stream: true, stream_options: { include_usage: true } })],
    ["logprobs", withMembers({ logprobs: true, top_logprobs: 20, logit_bias: { "50256": -100 } })],
    ["metadata at its limits", withMembers({ metadata: { ["k".repeat(64)]: "v".repeat(512) } })],
    ["tools", withMembers({ tools: [tool], tool_choice: "required", parallel_tool_calls: false })],
    ["a named tool", withMembers({ tool_choice: { type: "function", function: { name: "f" } } })],
    [
      "allowed tools",
      withMembers({
        tools: [tool],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
        },
      }),
    ],
    [
      "a custom tool",
      withMembers({
        tools: [{ type: "custom", custom: { name: "sql", format: { type: "text" } } }],
      }),
    ],
    ["functions", withMembers({ functions: [{ name: "f" }], function_call: { name: "f" } })],
    [
      "a JSON schema",
      withMembers({
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: {}, strict: true },
        },
      }),
    ],
    ["parts", withContent({ type: "text", text: "a" }, image("https://example.com/a.png"))],
    ["an inline image", withContent(image("data:image/png;base64,AAAA"))],
    ["a file by id", withContent({ type: "file", file: { file_id: "file-1" } })],
    [
      "a file inline",
      withContent({ type: "file", file: { file_data: "AAAA", filename: "a.pdf" } }),
    ],
    [
      "every role",
      withMessage(
        { role: "system", content: "s" },
        { role: "developer", content: [{ type: "text", text: "d" }] },
        { ...user, name: "bob" },
        { role: "assistant", content: null, refusal: "no" },
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{" } }],
        },
        { role: "tool", tool_call_id: "c", content: "1" },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "" } },
        { role: "function", name: "f", content: null },
        {
          role: "assistant",
          content: [
            { type: "text", text: "a" },
            { type: "refusal", refusal: "b" },
          ],
        },
      ),
    ],
  ];
  for (const [what, body] of bodies) test(what, () => accept(body));
});

function nulls(): Body {
  const names =
    "stream stream_options max_tokens max_completion_tokens n temperature top_p seed stop tools " +
    "frequency_penalty presence_penalty tool_choice parallel_tool_calls functions function_call " +
    "response_format metadata user safety_identifier logprobs top_logprobs logit_bias modalities";
  return Object.fromEntries(names.split(" ").map((name) => [name, null]));
}

describe("what is refused", () => {
  const table: readonly (readonly [body: unknown, code: string, path: string | null])[] = [
    [[], "invalid_json", null],
    [{ messages: [user] }, "missing_field", "model"],
    [{ model: null, messages: [user] }, "invalid_value", "model"],
    [{ model: "", messages: [user] }, "invalid_value", "model"],
    [{ model: 7, messages: [user] }, "invalid_value", "model"],
    [{ model: "m".repeat(257), messages: [user] }, "invalid_value", "model"],
    [{ model: "m" }, "missing_field", "messages"],
    [withMessage(), "invalid_value", "messages"],
    [{ model: "m", messages: {} }, "invalid_value", "messages"],
    [
      { model: "m", messages: Array.from({ length: 10_001 }, () => user) },
      "too_complex",
      "messages",
    ],
    [withMessage(user, "x"), "invalid_value", "messages.[1]"],
    [withMessage({ content: "x" }), "missing_field", "messages.[0].role"],
    [withMessage({ role: "robot", content: "x" }), "invalid_value", "messages.[0].role"],
    [withMessage({ role: "constructor", content: "x" }), "invalid_value", "messages.[0].role"],
    [withMessage({ role: "user" }), "missing_field", "messages.[0].content"],
    [withMessage({ role: "user", content: null }), "invalid_value", "messages.[0].content"],
    [withMessage({ role: "user", content: 5 }), "invalid_value", "messages.[0].content"],
    [withMessage({ ...user, name: 5 }), "invalid_value", "messages.[0].name"],
    [withMessage({ role: "tool", content: "x" }), "missing_field", "messages.[0].tool_call_id"],
    [withContent("x"), "invalid_value", "messages.[0].content.[0]"],
    [withContent({ text: "x" }), "missing_field", "messages.[0].content.[0].type"],
    [withContent({ type: "text" }), "missing_field", "messages.[0].content.[0].text"],
    [withContent({ type: "video" }), "invalid_value", "messages.[0].content.[0].type"],
    [withContent(image("ftp://x/")), "invalid_value", "messages.[0].content.[0].image_url.url"],
    [withContent(image(null)), "invalid_value", "messages.[0].content.[0].image_url.url"],
    [withContent({ type: "image_url" }), "missing_field", "messages.[0].content.[0].image_url"],
    [withContent({ type: "file", file: {} }), "missing_field", "messages.[0].content.[0].file"],
    [withContent({ type: "input_audio" }), "unsupported_surface", "messages.[0].content.[0]"],
    [
      withMessage({ role: "system", content: [image("https://a/b")] }),
      "invalid_value",
      "messages.[0].content.[0].type",
    ],
    [
      withMessage({ role: "assistant", tool_calls: [{ id: "c", type: "function" }] }),
      "missing_field",
      "messages.[0].tool_calls.[0].function",
    ],
    [
      withMessage({
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: {} } }],
      }),
      "invalid_value",
      "messages.[0].tool_calls.[0].function.arguments",
    ],
    [
      withMessage({ role: "assistant", audio: { id: "a" } }),
      "unsupported_surface",
      "messages.[0].audio",
    ],
    [withMembers({ stream: "true" }), "invalid_value", "stream"],
    [withMembers({ max_tokens: 0 }), "invalid_value", "max_tokens"],
    [withMembers({ max_tokens: 1.5 }), "invalid_value", "max_tokens"],
    [withMembers({ max_tokens: 1e300 }), "invalid_value", "max_tokens"],
    [withMembers({ max_tokens: "5" }), "invalid_value", "max_tokens"],
    [withMembers({ max_tokens: 1, max_completion_tokens: 1 }), "invalid_value", "max_tokens"],
    [withMembers({ max_completion_tokens: -1 }), "invalid_value", "max_completion_tokens"],
    [withMembers({ n: 0 }), "invalid_value", "n"],
    [withMembers({ n: 129 }), "invalid_value", "n"],
    [withMembers({ temperature: 2.1 }), "invalid_value", "temperature"],
    [withMembers({ top_p: -0.1 }), "invalid_value", "top_p"],
    [withMembers({ stop: ["a", "b", "c", "d", "e"] }), "invalid_value", "stop"],
    [withMembers({ stop: [1] }), "invalid_value", "stop.[0]"],
    [withMembers({ stream_options: {} }), "invalid_value", "stream_options"],
    [
      withMembers({ stream: true, stream_options: { include_usage: 1 } }),
      "invalid_value",
      "stream_options.include_usage",
    ],
    [withMembers({ top_logprobs: 21 }), "invalid_value", "top_logprobs"],
    [withMembers({ logit_bias: { "1": 101 } }), "invalid_value", "logit_bias.1"],
    [withMembers({ tools: {} }), "invalid_value", "tools"],
    [withMembers({ tools: [{}] }), "missing_field", "tools.[0].type"],
    [withMembers({ tools: [{ type: "web" }] }), "invalid_value", "tools.[0].type"],
    [
      withMembers({ tools: [{ type: "function", function: { name: "a b" } }] }),
      "invalid_value",
      "tools.[0].function.name",
    ],
    [withMembers({ tools: Array.from({ length: 1001 }, () => tool) }), "too_complex", "tools"],
    [withMembers({ tool_choice: "any" }), "invalid_value", "tool_choice"],
    [withMembers({ tool_choice: { type: "function" } }), "missing_field", "tool_choice.function"],
    [withMembers({ response_format: { type: "xml" } }), "invalid_value", "response_format.type"],
    [
      withMembers({ response_format: { type: "json_schema", json_schema: { schema: {} } } }),
      "missing_field",
      "response_format.json_schema.name",
    ],
    [withMembers({ metadata: { a: 1 } }), "invalid_value", "metadata"],
    [withMembers({ metadata: { a: "v".repeat(513) } }), "invalid_value", "metadata"],
    [
      withMembers({
        metadata: Object.fromEntries("abcdefghijklmnopq".split("").map((key) => [key, ""])),
      }),
      "invalid_value",
      "metadata",
    ],
    [withMembers({ user: "u".repeat(513) }), "invalid_value", "user"],
    [withMembers({ modalities: ["text", "audio"] }), "unsupported_surface", "modalities"],
  ];
  for (const [body, code, path] of table) {
    test(`${code} at ${path}: ${JSON.stringify(body).slice(0, 60)}`, () => {
      const refused = read(body);
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], [code, path]);
    });
  }

  test("the words name the failed action, the value and the limit", () => {
    const refused = read(withMembers({ temperature: 3 }));
    assert.ok(!refused.ok);
    const words = 'Cannot accept the request: "temperature" is 3, a number from 0 to 2 expected';
    assert.equal(refused.message, words);
  });

  test("no word of a prompt is in a refusal", () => {
    for (const body of [
      withMessage({ role: "secret", content: "secret" }),
      withMembers({ temperature: "secret", user: ["secret"] }),
      withMembers({ tools: [{ type: "function", function: { name: "secret word" } }] }),
      withMembers({ metadata: { secret: 1 } }),
      withMembers({ logit_bias: { secret: 1000 } }),
    ]) {
      const refused = read(body);
      assert.ok(!refused.ok);
      assert.doesNotMatch(refused.message + String(refused.path), /secret/);
    }
  });

  test("SEC-5 a steering member that stands twice", () => {
    for (const key of ["model", "messages", "stream", "max_tokens", "n", "tools"]) {
      const refused = readChatRequest(Buffer.from(`{"${key}":1,"x":2,"${key}":3}`));
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], ["duplicate_field", key]);
    }
  });

  test("SEC-5 __proto__ is a member like any other", () => {
    const text = `{"model":"m","messages":[{"role":"user","content":"x"}],"__proto__":{"n":99}}`;
    const request = readChatRequest(Buffer.from(text));
    assert.ok(request.ok);
    assert.equal(request.value.facts.choices, 1);
    const canonical = request.value.toCanonical();
    assert.ok(canonical.ok);
    assert.deepEqual(Object.keys(canonical.value.rest), ["__proto__"]);
  });

  test("whatever the JSON, the answer is a value", () => {
    const message = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { role: fc.constantFrom("user", "assistant", "tool"), content: fc.jsonValue() },
        { requiredKeys: [] },
      ),
    );
    const member = fc.constantFrom(...Object.keys(nulls()), "model");
    const body = fc
      .tuple(fc.dictionary(member, fc.jsonValue()), fc.array(message))
      .map(([members, messages]) => ({ model: "m", messages, ...members }));
    fc.assert(
      fc.property(body, (json) => {
        const request = read(json);
        if (request.ok) request.value.toCanonical();
        else assert.match(request.message, /^Cannot /);
      }),
      { numRuns: 3000 },
    );
  });
});
