import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readConverseRequest } from "./converse-request.ts";
import { bytesOf, hi, path } from "./request-fixture.ts";

const refusalOf = (json: unknown): string => {
  const read = readConverseRequest(bytesOf(json), path);
  return read.ok ? "ok" : `${read.code} ${read.path}`;
};

const withContent = (...content: readonly unknown[]): unknown => ({
  messages: [{ role: "user", content }],
});

const spec = { toolSpec: { name: "f", inputSchema: { json: {} } } };

describe("bodies that are right", () => {
  const good: readonly (readonly [what: string, body: unknown])[] = [
    ["the least", { messages: [hi] }],
    ["a member that nobody knows", { messages: [hi], futureConfig: { a: [1] } }],
    ["null where a member may be", { messages: [hi], system: null, inferenceConfig: null }],
    ["empty inference", { messages: [hi], inferenceConfig: {} }],
    [
      "a system message in between",
      { messages: [hi, { role: "system", content: [{ text: "" }] }] },
    ],
    ["an empty list of blocks", { messages: [{ role: "user", content: [] }] }],
    ["an image", withContent({ image: { format: "png", source: { bytes: "AAAA" } } })],
    [
      "a document as text",
      withContent({ document: { name: "d", source: { text: "a" }, citations: { enabled: true } } }),
    ],
    [
      "a document in parts",
      withContent({ document: { name: "d", source: { content: [{ text: "a" }] } } }),
    ],
    ["a video", withContent({ video: { format: "mp4", source: { bytes: "AAAA" } } })],
    ["a recording", withContent({ audio: { format: "mp3", source: { bytes: "AAAA" } } })],
    ["a block of the future", withContent({ hologram: { a: 1 } })],
    ["a null beside the block", withContent({ text: "a", image: null })],
    ["a call of any input", withContent({ toolUse: { toolUseId: "t", name: "f", input: null } })],
    ["a result of nothing", withContent({ toolResult: { toolUseId: "t", content: [] } })],
    [
      "a result of every kind",
      withContent({
        toolResult: {
          toolUseId: "t",
          status: "error",
          content: [{ json: { a: 1 } }, { text: "a" }, { searchResult: {} }],
        },
      }),
    ],
    ["reasoning", withContent({ reasoningContent: { reasoningText: { text: "a" } } })],
    ["encrypted reasoning", withContent({ reasoningContent: { redactedContent: "AA==" } })],
    ["cited text", withContent({ citationsContent: { content: [{ text: "a" }], citations: [] } })],
    ["guarded content", withContent({ guardContent: { text: { text: "a" } } })],
    ["a cache point", withContent({ text: "a" }, { cachePoint: { type: "default", ttl: "1h" } })],
    [
      "tools",
      { messages: [hi], toolConfig: { tools: [spec, { cachePoint: { type: "default" } }] } },
    ],
    [
      "a tool of the provider's",
      { messages: [hi], toolConfig: { tools: [{ systemTool: { name: "n" } }] } },
    ],
    [
      "a choice of tool",
      { messages: [hi], toolConfig: { tools: [spec], toolChoice: { tool: { name: "f" } } } },
    ],
    [
      "a schema for the answer",
      {
        messages: [hi],
        outputConfig: {
          effort: "low",
          textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}" } } },
        },
      },
    ],
    ["fields of a model", { messages: [hi], additionalModelRequestFields: { top_k: 5 } }],
  ];
  for (const [what, body] of good) {
    test(what, () => assert.equal(refusalOf(body), "ok"));
  }
});

describe("bodies that are wrong", () => {
  const invalid = "invalid_value";
  const s3 = { s3Location: { uri: "s3://bucket/key" } };
  const wrong: readonly (readonly [body: unknown, refusal: string])[] = [
    ["", "invalid_json null"],
    ["[]", "invalid_json null"],
    ['{"messages":[}', "invalid_json null"],
    [{}, "missing_field messages"],
    [{ messages: [] }, `${invalid} messages`],
    [{ messages: "Hi" }, `${invalid} messages`],
    [{ messages: [1] }, `${invalid} messages.[0]`],
    [{ messages: [{ content: [] }] }, "missing_field messages.[0].role"],
    [{ messages: [{ role: "tool", content: [] }] }, `${invalid} messages.[0].role`],
    [{ messages: [{ role: "user" }] }, "missing_field messages.[0].content"],
    [{ messages: [{ role: "user", content: "Hi" }] }, `${invalid} messages.[0].content`],
    [withContent("Hi"), `${invalid} messages.[0].content.[0]`],
    [withContent({}), `${invalid} messages.[0].content.[0]`],
    [withContent({ text: "a", image: {} }), `${invalid} messages.[0].content.[0]`],
    [withContent({ text: 1 }), `${invalid} messages.[0].content.[0].text`],
    [withContent({ image: 1 }), `${invalid} messages.[0].content.[0].image`],
    [
      withContent({ image: { format: "png", source: {} } }),
      "missing_field messages.[0].content.[0].image.source.bytes",
    ],
    [
      withContent({ image: { source: { bytes: "A" } } }),
      "missing_field messages.[0].content.[0].image.format",
    ],
    [
      withContent({ image: { format: "png", source: s3 } }),
      `${invalid} messages.[0].content.[0].image.source.s3Location`,
    ],
    [
      withContent({ document: { name: "d", source: s3 } }),
      `${invalid} messages.[0].content.[0].document.source.s3Location`,
    ],
    [
      withContent({ video: { format: "mp4", source: s3 } }),
      `${invalid} messages.[0].content.[0].video.source.s3Location`,
    ],
    [
      withContent({ document: { source: { bytes: "A" } } }),
      "missing_field messages.[0].content.[0].document.name",
    ],
    [
      withContent({ toolUse: { name: "f", input: {} } }),
      "missing_field messages.[0].content.[0].toolUse.toolUseId",
    ],
    [
      withContent({ toolUse: { toolUseId: "t", name: "f" } }),
      "missing_field messages.[0].content.[0].toolUse.input",
    ],
    [
      withContent({ toolResult: { toolUseId: "t" } }),
      "missing_field messages.[0].content.[0].toolResult.content",
    ],
    [
      withContent({ toolResult: { toolUseId: "t", content: [{ text: 1 }] } }),
      `${invalid} messages.[0].content.[0].toolResult.content.[0].text`,
    ],
    [
      withContent({ reasoningContent: {} }),
      "missing_field messages.[0].content.[0].reasoningContent.reasoningText",
    ],
    [
      withContent({ cachePoint: { type: "other" } }),
      `${invalid} messages.[0].content.[0].cachePoint.type`,
    ],
    [{ messages: [hi], system: "Be brief" }, `${invalid} system`],
    [{ messages: [hi], system: [{ text: 1 }] }, `${invalid} system.[0].text`],
    [{ messages: [hi], inferenceConfig: [] }, `${invalid} inferenceConfig`],
    [{ messages: [hi], inferenceConfig: { maxTokens: 0 } }, `${invalid} inferenceConfig.maxTokens`],
    [
      { messages: [hi], inferenceConfig: { maxTokens: "9" } },
      `${invalid} inferenceConfig.maxTokens`,
    ],
    [
      { messages: [hi], inferenceConfig: { temperature: 1.5 } },
      `${invalid} inferenceConfig.temperature`,
    ],
    [{ messages: [hi], inferenceConfig: { topP: -1 } }, `${invalid} inferenceConfig.topP`],
    [
      { messages: [hi], inferenceConfig: { stopSequences: "a" } },
      `${invalid} inferenceConfig.stopSequences`,
    ],
    [{ messages: [hi], toolConfig: {} }, "missing_field toolConfig.tools"],
    [
      {
        messages: [hi],
        toolConfig: { tools: [{ toolSpec: { name: "a b", inputSchema: { json: {} } } }] },
      },
      `${invalid} toolConfig.tools.[0].toolSpec.name`,
    ],
    [
      {
        messages: [hi],
        toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: [] } } }] },
      },
      `${invalid} toolConfig.tools.[0].toolSpec.inputSchema.json`,
    ],
    [
      { messages: [hi], toolConfig: { tools: [spec], toolChoice: { tool: {} } } },
      "missing_field toolConfig.toolChoice.tool.name",
    ],
    [
      {
        messages: [hi],
        outputConfig: {
          textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{" } } },
        },
      },
      `${invalid} outputConfig.textFormat.structure.jsonSchema.schema`,
    ],
    [{ messages: [hi], requestMetadata: { a: 1 } }, `${invalid} requestMetadata`],
    [{ messages: [hi], guardrailConfig: "x" }, `${invalid} guardrailConfig`],
    [
      { messages: [hi], additionalModelRequestFields: { max_tokens: 9 } },
      `${invalid} additionalModelRequestFields.max_tokens`,
    ],
    [
      { messages: [hi], additionalModelRequestFields: { inferenceConfig: { maxTokens: 9 } } },
      `${invalid} additionalModelRequestFields.inferenceConfig.maxTokens`,
    ],
    ['{"messages":[],"messages":[]}', "duplicate_field messages"],
    [
      '{"messages":[{"role":"user","content":[]}],' +
        '"inferenceConfig":{"maxTokens":1,"maxTokens":9}}',
      "duplicate_field inferenceConfig.maxTokens",
    ],
  ];
  for (const [body, refusal] of wrong) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    test(`${refusal}: ${text.slice(0, 60)}`, () => assert.equal(refusalOf(body), refusal));
  }

  test("SEC-4 more than 10,000 messages are too complex", () => {
    const messages = Array.from({ length: 10_001 }, () => hi);
    assert.equal(refusalOf({ messages }), "too_complex messages");
  });

  test("SEC-4 more than 1,000 tools are too complex", () => {
    const tools = Array.from({ length: 1001 }, () => spec);
    assert.equal(
      refusalOf({ messages: [hi], toolConfig: { tools } }),
      "too_complex toolConfig.tools",
    );
  });

  test("SEC-5 a key like __proto__ is a key like any other", () => {
    assert.equal(
      refusalOf('{"messages":[{"role":"user","content":[{"text":"a"}]}],"__proto__":{"x":1}}'),
      "ok",
    );
  });

  test("a refusal never quotes the client's text", () => {
    const read = readConverseRequest(bytesOf(withContent({ toolUse: "my secret" })), path);
    assert.ok(!read.ok);
    assert.doesNotMatch(read.message, /secret/);
  });
});
