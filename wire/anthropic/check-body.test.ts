import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readMessagesRequest } from "./message-request.ts";

type Body = Readonly<Record<string, unknown>>;

const user = { role: "user", content: "Hi" };
const minimal: Body = { model: "m", max_tokens: 9, messages: [user] };
const tool = { name: "f", input_schema: { type: "object" } };
const marked = { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } };

const read = (body: unknown) => readMessagesRequest(Buffer.from(JSON.stringify(body)));

const withMembers = (members: Body): Body => ({ ...minimal, ...members });
const withMessage = (...messages: unknown[]): Body => withMembers({ messages });
const withBlocks = (...content: unknown[]): Body => withMessage({ role: "user", content });
const source = (value: unknown): unknown => ({ type: "image", source: value });
const document = (value: unknown, members: object = {}): unknown => ({
  type: "document",
  source: value,
  ...members,
});

const optionalMembers = [
  "system",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "tools",
  "tool_choice",
  "metadata",
  "thinking",
  "output_config",
  "output_format",
  "cache_control",
];

describe("what is accepted", () => {
  const bodies: readonly (readonly [what: string, body: Body])[] = [
    ["the least", minimal],
    [
      "nulls for everything optional",
      withMembers(Object.fromEntries(optionalMembers.map((k) => [k, null]))),
    ],
    ["unknown members", withMembers({ speed: "fast", container: "c", mcp_servers: [{}], x: [{}] })],
    ["unknown members of Object", withMembers({ constructor: 1, toString: 2, hasOwnProperty: 3 })],
    ["no answer at all: a cache is filled", withMembers({ max_tokens: 0 })],
    ["sampling at its limits", withMembers({ temperature: 0, top_p: 1, top_k: 0 })],
    ["a system of one string", withMembers({ system: "s" })],
    ["a system of blocks", withMembers({ system: [{ type: "text", text: "s" }, marked] })],
    ["stop sequences", withMembers({ stop_sequences: ["a", " ", ""] })],
    ["a user as Claude Code names one", withMembers({ metadata: { user_id: "u".repeat(512) } })],
    ["thinking", withMembers({ thinking: { type: "enabled", budget_tokens: 1024 } })],
    ["thinking of a later kind", withMembers({ thinking: { type: "between_tools" } })],
    ["effort", withMembers({ output_config: { effort: "high" } })],
    ["a schema", withMembers({ output_config: { format: { type: "json_schema", schema: {} } } })],
    [
      "a schema in its old place",
      withMembers({ output_format: { type: "json_schema", schema: {} } }),
    ],
    ["tools", withMembers({ tools: [tool, { ...tool, type: "custom", strict: true }] })],
    [
      "tools of the provider",
      withMembers({ tools: [{ type: "web_search_20260318", name: "web_search" }] }),
    ],
    ["a named tool", withMembers({ tool_choice: { type: "tool", name: "f" } })],
    [
      "one call at a time",
      withMembers({ tool_choice: { type: "any", disable_parallel_tool_use: true } }),
    ],
    ["images", withBlocks(source({ type: "base64", media_type: "image/png", data: "AA" }))],
    ["an image by URL", withBlocks(source({ type: "url", url: "https://example.com/a" }))],
    ["an image by id", withBlocks(source({ type: "file", file_id: "file_1" }))],
    [
      "a document of text",
      withBlocks(document({ type: "text", media_type: "text/plain", data: "" })),
    ],
    [
      "a document of blocks",
      withBlocks(
        document({ type: "content", content: [marked] }, { citations: { enabled: true } }),
      ),
    ],
    [
      "a document with a title",
      withBlocks(document({ type: "url", url: "https://a.b/c" }, { title: "t", context: null })),
    ],
    ["an instruction in between", withMessage(user, { role: "system", content: "now" })],
    ["no content", withMessage(user, { role: "assistant", content: [] })],
    [
      "calls and results",
      withMessage(
        user,
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "redacted_thinking", data: "x" },
            { type: "tool_use", id: "toolu_1", name: "f", input: {}, caller: { type: "direct" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_1", is_error: true, content: "no" },
            { type: "tool_result", tool_use_id: "toolu_2", content: [marked] },
            { type: "tool_result", tool_use_id: "toolu_3" },
          ],
        },
      ),
    ],
    [
      "blocks of the provider's tools",
      withMessage(user, {
        role: "assistant",
        content: [
          { type: "server_tool_use", id: "s", name: "web_search", input: {} },
          { type: "web_search_tool_result", tool_use_id: "s", content: [] },
          { type: "of_a_later_time", anything: [1] },
        ],
      }),
    ],
  ];
  for (const [what, body] of bodies) {
    test(what, () => {
      const request = read(body);
      assert.ok(request.ok, request.ok ? "" : request.message);
    });
  }
});

describe("what is refused, by its path", () => {
  const block = (value: unknown): Body => withBlocks(value);
  const at = "messages.[0].content.[0]";
  const rows: readonly (readonly [path: string | null, body: unknown, code?: string])[] = [
    ["model", { ...minimal, model: "" }],
    ["model", { ...minimal, model: "m".repeat(257) }],
    ["model", { max_tokens: 9, messages: [user] }, "missing_field"],
    ["max_tokens", { model: "m", messages: [user] }, "missing_field"],
    ["max_tokens", withMembers({ max_tokens: -1 })],
    ["max_tokens", withMembers({ max_tokens: 1.5 })],
    ["max_tokens", withMembers({ max_tokens: 2 ** 31 })],
    ["messages", { model: "m", max_tokens: 9 }, "missing_field"],
    ["messages", withMembers({ messages: [] })],
    ["messages", withMembers({ messages: "Hi" })],
    [
      "messages",
      withMembers({ messages: Array.from({ length: 10_001 }, () => user) }),
      "too_complex",
    ],
    ["messages.[0]", withMessage("Hi")],
    ["messages.[0].role", withMessage({ role: "tool", content: "x" })],
    ["messages.[0].content", withMessage({ role: "user" }), "missing_field"],
    ["messages.[0].content", withMessage({ role: "user", content: 5 })],
    ["messages.[1].content.[0]", withMessage(user, { role: "system", content: [source({})] })],
    [at, block("text")],
    [`${at}.type`, block({}), "missing_field"],
    [`${at}.text`, block({ type: "text" }), "missing_field"],
    [`${at}.cache_control.type`, block({ ...marked, cache_control: { type: "forever" } })],
    [
      `${at}.cache_control.ttl`,
      block({ ...marked, cache_control: { type: "ephemeral", ttl: "2h" } }),
    ],
    [`${at}.source`, block({ type: "image" }), "missing_field"],
    [`${at}.source.type`, block(source({ type: "text", media_type: "text/plain", data: "x" }))],
    [`${at}.source.data`, block(source({ type: "base64", media_type: "image/png", data: "" }))],
    [`${at}.source.media_type`, block(source({ type: "base64", data: "AA" })), "missing_field"],
    [`${at}.source.url`, block(source({ type: "url", url: "file:///etc/passwd" }))],
    [`${at}.source.file_id`, block(document({ type: "file", file_id: 5 }))],
    [
      `${at}.citations.enabled`,
      block(document({ type: "url", url: "https://a.b" }, { citations: { enabled: 1 } })),
    ],
    [`${at}.input`, block({ type: "tool_use", id: "t", name: "f", input: "{}" })],
    [`${at}.id`, block({ type: "tool_use", name: "f", input: {} }), "missing_field"],
    [`${at}.id`, block({ type: "tool_use", id: "i".repeat(65_537), name: "f", input: {} })],
    [`${at}.tool_use_id`, block({ type: "tool_result" }), "missing_field"],
    [
      `${at}.content.[0].text`,
      block({ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: 1 }] }),
    ],
    [`${at}.citations`, block({ type: "text", text: "a", citations: "none" })],
    [`${at}.citations.[0]`, block({ type: "text", text: "a", citations: [1] })],
    [`${at}.thinking`, block({ type: "thinking", signature: "s" }), "missing_field"],
    [`${at}.signature`, block({ type: "thinking", thinking: "", signature: 5 })],
    [`${at}.data`, block({ type: "redacted_thinking" }), "missing_field"],
    ["system", withMembers({ system: 5 })],
    ["system.[0]", withMembers({ system: [source({})] })],
    ["stream", withMembers({ stream: "yes" })],
    ["temperature", withMembers({ temperature: 2.1 })],
    ["top_p", withMembers({ top_p: -0.1 })],
    ["top_k", withMembers({ top_k: 0.5 })],
    ["stop_sequences.[0]", withMembers({ stop_sequences: [5] })],
    ["stop_sequences", withMembers({ stop_sequences: Array(8192).fill("a") }), "too_complex"],
    ["metadata.user_id", withMembers({ metadata: { user_id: "u".repeat(513) } })],
    ["thinking.budget_tokens", withMembers({ thinking: { type: "enabled", budget_tokens: "1" } })],
    ["thinking", withMembers({ thinking: true })],
    ["output_config.format.type", withMembers({ output_config: { format: { type: "json" } } })],
    [
      "output_format.schema",
      withMembers({ output_format: { type: "json_schema" } }),
      "missing_field",
    ],
    ["tools", withMembers({ tools: Array.from({ length: 1001 }, () => tool) }), "too_complex"],
    ["tools.[0].name", withMembers({ tools: [{ ...tool, name: "a b" }] })],
    ["tools.[0].input_schema", withMembers({ tools: [{ name: "f" }] }), "missing_field"],
    ["tools.[0].allowed_callers", withMembers({ tools: [{ ...tool, allowed_callers: "direct" }] })],
    ["tools.[0].defer_loading", withMembers({ tools: [{ ...tool, defer_loading: 1 }] })],
    ["tools.[0].strict", withMembers({ tools: [{ ...tool, strict: "yes" }] })],
    ["tool_choice.type", withMembers({ tool_choice: { type: "required" } })],
    ["tool_choice.name", withMembers({ tool_choice: { type: "tool" } }), "missing_field"],
    ["tool_choice", withMembers({ tool_choice: "auto" })],
    ["cache_control.type", withMembers({ cache_control: {} }), "missing_field"],
    [null, [], "invalid_json"],
    [null, "model", "invalid_json"],
  ];
  for (const [path, body, code = "invalid_value"] of rows) {
    test(`${path}: ${JSON.stringify(body).slice(0, 90)}`, () => {
      const refused = read(body);
      assert.ok(!refused.ok);
      assert.deepEqual([refused.path, refused.code], [path, code]);
      assert.doesNotMatch(refused.message, /passwd|forever/);
    });
  }

  test("SEC-5 a member that steers the call stands once", () => {
    for (const key of ["model", "messages", "max_tokens", "stream", "tools", "system"]) {
      const body = JSON.stringify(minimal).replace("{", `{"${key}":1,"${key}":1,`);
      const refused = readMessagesRequest(Buffer.from(body));
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], ["duplicate_field", key]);
    }
  });

  test("SEC-4 what is nested too deeply is refused before it is parsed", () => {
    const deep = `${"[".repeat(64)}${"]".repeat(64)}`;
    const refused = readMessagesRequest(
      Buffer.from(JSON.stringify(minimal).replace("{", `{"x":${deep},`)),
    );
    assert.ok(!refused.ok);
    assert.equal(refused.code, "too_complex");
  });
});
