import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { BodyChanges } from "../canonical/body-changes.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { readCountRequest, readMessagesRequest, type MessageRequest } from "./message-request.ts";
import { addedPromptTokens } from "./claude/model-traits.data.ts";

const accept = (body: object): MessageRequest => {
  const request = readMessagesRequest(Buffer.from(JSON.stringify(body)));
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
};

const nothing = {
  textBytes: 0,
  messages: 1,
  tools: 0,
  schemaBytes: 0,
  images: 0,
  files: 0,
  fileBytes: 0,
  references: 0,
};

describe("facts", () => {
  test("of the least", () => {
    const body = { model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] };
    const { facts } = accept(body);
    assert.deepEqual(
      { ...facts, size: { ...facts.size } },
      {
        model: "m",
        stream: false,
        streamUsage: true,
        maxTokens: 9,
        choices: 1,
        user: null,
        premium: null,
        size: { ...nothing, textBytes: 2 },
      },
    );
  });

  test("of everything", () => {
    const tools = [
      { name: "f", input_schema: { type: "object" } },
      { type: "web_search_20260318", name: "web_search" },
    ];
    const base64 = { type: "base64", media_type: "application/pdf", data: "AAAAAAAA" };
    const later = { type: "later_block", words: "abc" };
    const { facts } = accept({
      model: "m",
      stream: true,
      max_tokens: 9,
      metadata: { user_id: "u" },
      tools,
      system: [{ type: "text", text: "é" }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "🌏" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
            { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
            { type: "document", source: base64, title: "ti", context: "con" },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "doc" } },
            { type: "document", source: { type: "file", file_id: "file_1" } },
            { type: "container_upload", file_id: "file_2" },
            later,
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "a long signature" },
            { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "ok" }],
        },
      ],
    });
    const upload = JSON.stringify({ type: "container_upload", file_id: "file_2" });
    const words = 2 + 4 + 2 + 3 + 3 + 2 + 1 + 7 + 2;
    const others = upload.length + JSON.stringify(later).length;
    assert.deepEqual(
      { ...facts, size: { ...facts.size } },
      {
        model: "m",
        stream: true,
        streamUsage: true,
        maxTokens: 9,
        choices: 1,
        user: "u",
        premium: "tools.[1]",
        size: {
          textBytes: words + others + addedPromptTokens,
          messages: 3,
          tools: 2,
          schemaBytes: JSON.stringify(tools).length,
          images: 2,
          files: 1,
          fileBytes: 6,
          references: 4,
        },
      },
    );
  });

  test("of a count: it has no limit", () => {
    const body = { model: "m", messages: [{ role: "user", content: "Hi" }] };
    const request = readCountRequest(Buffer.from(JSON.stringify(body)));
    assert.ok(request.ok);
    assert.equal(request.value.facts.maxTokens, null);
    assert.equal(
      request.value.rewrite({ model: "n" }, "2026-10-21").toString(),
      JSON.stringify({ ...body, model: "n" }),
    );
  });
});

const rewrite = (
  text: string,
  changes: BodyChanges,
  version: ApiVersion = "2023-06-01",
): string => {
  const request = readMessagesRequest(Buffer.from(text));
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value.rewrite(changes, version).toString();
};

describe("WIR-10 rewrite", () => {
  const rest = `"messages":[{"role":"user","content":"\\u00e9"}],"x":9007199254740993 }`;
  const body = (head: string): string =>
    `{"model":"claude-sonnet-4-5","max_tokens":9 ,${head}${rest}`;

  test("nothing to change: the client's bytes", () => {
    const changes = { model: "claude-sonnet-4-5", maxTokens: 9, streamUsage: true } as const;
    assert.equal(rewrite(body(""), changes), body(""));
  });

  test("the model and the limit, where they stand", () => {
    assert.equal(
      rewrite(body(""), { model: "m", maxTokens: 5 }),
      `{"model":"m","max_tokens":5 ,${rest}`,
    );
  });

  test("defaults only where the client chose nothing", () => {
    const defaults = { temperature: 0.3, topP: 0.9 };
    assert.equal(
      rewrite(body(""), { defaults: { topP: 0.9 } }),
      body("").replace("{", '{"top_p":0.9,'),
    );
    assert.equal(rewrite(body('"temperature":1,'), { defaults }), body('"temperature":1,'));
    assert.equal(rewrite(body('"top_p":1,'), { defaults }), body('"top_p":1,'));
  });

  test("no default that the target would refuse", () => {
    const defaults = { temperature: 0.3, topP: 0.9 };
    assert.equal(rewrite(body(""), { defaults }), body("").replace("{", '{"temperature":0.3,'));
    assert.equal(rewrite(body(""), { defaults }, "2026-10-21"), body(""));
    const thinking = body('"thinking":{"type":"enabled","budget_tokens":1024},');
    assert.equal(rewrite(thinking, { defaults }), thinking);
    const changed = rewrite(body(""), { defaults, model: "claude-opus-5" });
    assert.equal(changed, body("").replace("sonnet-4-5", "opus-5"));
  });
});

describe("WIR-13 words that no provider of this dialect said", () => {
  const message = (content: string): string =>
    `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"},${content},` +
    `{"role":"user" , "content":[{"type":"text","text":"n\\u00e9"}]}]}`;
  const signed = `{"type":"thinking","thinking":"x","signature":"s", "n":9007199254740993}`;
  const unsigned = `{"type":"thinking","thinking":"[\\"content\\":{","signature":""}`;
  const said = `{"text":"a" ,"type":"text"}`;
  const assistant = (...blocks: string[]): string =>
    `{ "x":1, "content": [ ${blocks.join(" , ")} ], "role":"assistant"}`;

  test("thinking without a signature goes, the rest stays as it was written", () => {
    assert.equal(
      rewrite(message(assistant(signed, unsigned, said)), {}),
      message(`{ "x":1, "content": [${signed},${said}], "role":"assistant"}`),
    );
  });

  test("nothing of the kind: the client's bytes", () => {
    const bytes = message(assistant(signed, said));
    assert.equal(rewrite(bytes, {}), bytes);
  });

  test("a message that is nothing else goes with it", () => {
    const bytes = message(assistant(unsigned));
    assert.deepEqual(
      JSON.parse(rewrite(bytes, {})).messages,
      JSON.parse(bytes).messages.filter((made: { role: string }) => made.role === "user"),
    );
  });

  test("of two contents the last one counts, as it does for JSON.parse", () => {
    const twice = `{"role":"assistant","content":[${unsigned}],"content":[${said},${unsigned}]}`;
    assert.equal(
      rewrite(message(twice), {}),
      message(`{"role":"assistant","content":[${unsigned}],"content":[${said}]}`),
    );
  });

  test("citations that were made of another dialect's go", () => {
    const location = { type: "web_search_result_location", url: "https://a", title: null };
    const made = { ...location, cited_text: "", encrypted_index: "" };
    const own = { ...location, cited_text: "c", encrypted_index: "e" };
    const cited = (citation: object): string =>
      JSON.stringify({ type: "text", text: "a", citations: [citation] });
    const changed = JSON.parse(rewrite(message(assistant(cited(made), cited(own))), {}));
    assert.deepEqual(changed.messages[1].content, [
      { type: "text", text: "a", citations: null },
      { type: "text", text: "a", citations: [own] },
    ]);
  });
});
