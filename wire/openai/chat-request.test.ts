import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readChatRequest, type ChatRequest } from "./chat-request.ts";

const accept = (body: object): ChatRequest => {
  const request = readChatRequest(Buffer.from(JSON.stringify(body)));
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
};

const image = (url: string): unknown => ({ type: "image_url", image_url: { url } });
const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } };

describe("facts", () => {
  test("of the least", () => {
    const { facts } = accept({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    assert.deepEqual(
      { ...facts, size: { ...facts.size } },
      {
        model: "m",
        stream: false,
        streamUsage: false,
        maxTokens: null,
        choices: 1,
        user: null,
        premium: null,
        size: {
          textBytes: 2,
          messages: 1,
          tools: 0,
          schemaBytes: 0,
          images: 0,
          files: 0,
          fileBytes: 0,
          references: 0,
        },
      },
    );
  });

  test("of everything", () => {
    const tools = [tool, tool];
    const { facts } = accept({
      model: "m",
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 9,
      n: 2,
      user: "u",
      safety_identifier: "s",
      tools,
      web_search_options: {},
      messages: [
        { role: "system", content: "é" },
        {
          role: "user",
          name: "bo",
          content: [
            { type: "text", text: "🌏" },
            image("https://example.com/a.png"),
            image("data:image/png;base64,AAAA"),
            { type: "file", file: { file_data: "data:application/pdf;base64,AAAAAAAA" } },
            { type: "file", file: { file_id: "f" } },
          ],
        },
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "ok" },
      ],
    });
    assert.deepEqual(
      { ...facts, size: { ...facts.size } },
      {
        model: "m",
        stream: true,
        streamUsage: true,
        maxTokens: 9,
        choices: 2,
        user: "s",
        premium: "web_search_options",
        size: {
          textBytes: 2 + 2 + 4 + 1 + 2 + 2,
          messages: 4,
          tools: 2,
          schemaBytes: JSON.stringify(tools).length,
          images: 2,
          files: 2,
          fileBytes: 6,
          references: 3,
        },
      },
    );
  });
});

describe("WIR-10 rewrite", () => {
  const rewrite = (text: string, ...changes: Parameters<ChatRequest["rewrite"]>): string => {
    const request = readChatRequest(Buffer.from(text));
    assert.ok(request.ok);
    return request.value.rewrite(...changes).toString();
  };
  const rest = `"messages":[{"role":"user","content":"\\u00e9"}],"seed":9007199254740993 }`;

  test("nothing to change: the client's bytes", () => {
    const text = `{"model":"m" ,${rest}`;
    assert.equal(rewrite(text, { model: "m" }, "max_tokens"), text);
  });

  test("the model", () => {
    assert.equal(
      rewrite(`{"model":"m",${rest}`, { model: "gpt" }, "max_tokens"),
      `{"model":"gpt",${rest}`,
    );
  });

  test("a limit: injected, lowered where it stands, in place of null", () => {
    const limit = (head: string, maxTokens: number): string =>
      rewrite(`{"model":"m",${head}${rest}`, { maxTokens }, "max_completion_tokens");
    assert.equal(limit("", 5), `{"max_completion_tokens":5,"model":"m",${rest}`);
    assert.equal(limit('"max_tokens":9,', 5), `{"model":"m","max_tokens":5,${rest}`);
    assert.equal(limit('"max_tokens":5.0,', 5), `{"model":"m","max_tokens":5.0,${rest}`);
    assert.equal(
      limit('"max_completion_tokens":null,', 5),
      `{"model":"m","max_completion_tokens":5,${rest}`,
    );
  });

  test("usage of a stream, whatever the client said of it", () => {
    const ask = (head: string): string =>
      rewrite(`{"model":"m",${head}${rest}`, { streamUsage: true }, "max_tokens");
    const on = '"stream_options":{"include_usage":true}';
    assert.equal(ask(""), `{"model":"m",${rest}`);
    assert.equal(ask('"stream":true,'), `{${on},"model":"m","stream":true,${rest}`);
    assert.equal(ask(`"stream":true,${on},`), `{"model":"m","stream":true,${on},${rest}`);
    assert.equal(
      ask('"stream":true,"stream_options":{"include_usage":false,"x":1},'),
      `{"model":"m","stream":true,"stream_options":{"include_usage":true,"x":1},${rest}`,
    );
    assert.equal(
      ask('"stream":true,"stream_options":null,'),
      `{"model":"m","stream":true,${on},${rest}`,
    );
  });

  test("defaults only where the client chose none", () => {
    const defaults = { temperature: 0.3, topP: 0.9 };
    assert.equal(
      rewrite(`{"model":"m","temperature":1,${rest}`, { defaults }, "max_tokens"),
      `{"top_p":0.9,"model":"m","temperature":1,${rest}`,
    );
  });

  test("everything at once is still the body that was meant", () => {
    const changes = { model: "x", maxTokens: 7, streamUsage: true, defaults: { topP: 1 } } as const;
    const text = rewrite(`{"stream":true,"model":"m",${rest}`, changes, "max_tokens");
    assert.deepEqual(JSON.parse(text), {
      model: "x",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 7,
      top_p: 1,
      messages: [{ role: "user", content: "é" }],
      seed: 9_007_199_254_740_992,
    });
    assert.match(text, /9007199254740993/);
  });
});
