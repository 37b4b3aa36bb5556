import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { read, recorded } from "./answer-fixture.ts";
import { readResponsesRequest } from "./responses-request.ts";

const asked = { model: "m", input: "Hi" };

const refusalOf = (members: object): string => {
  const bytes = Buffer.from(JSON.stringify({ ...asked, ...members }));
  const request = readResponsesRequest(bytes);
  return request.ok ? "accepted" : `${request.code} ${request.path}: ${request.message}`;
};

describe("readResponsesRequest", () => {
  test("the facts of a request", () => {
    const { facts } = read({
      ...asked,
      instructions: "Be brief",
      stream: true,
      max_output_tokens: 50,
      user: "u",
      safety_identifier: "s",
      service_tier: "priority",
      tools: [{ type: "function", name: "f" }],
    });
    const { size, ...others } = facts;
    assert.deepEqual(others, {
      model: "m",
      stream: true,
      streamUsage: true,
      maxTokens: 50,
      choices: 1,
      user: "s",
      premium: "service_tier",
    });
    assert.deepEqual([size.textBytes, size.messages, size.tools], [10, 1, 1]);
    assert.ok(size.schemaBytes > 10);
  });

  test("MON-4 everything that the model reads is counted", () => {
    const { facts } = read({
      model: "m",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "12345" },
            { type: "input_image", image_url: "data:image/png;base64,AAAA" },
            { type: "input_image", image_url: "https://a.b/c.png" },
            { type: "input_file", file_data: "data:application/pdf;base64,AAAA" },
            { type: "input_file", file_id: "file-1" },
          ],
        },
        { type: "reasoning", summary: [{ text: "123" }], encrypted_content: "12" },
        { type: "function_call", call_id: "c", name: "1", arguments: "{}" },
        { type: "function_call_output", call_id: "c", output: "1234" },
      ],
    });
    const { textBytes, messages, images, files, fileBytes, references } = facts.size;
    assert.deepEqual(
      { textBytes, messages, images, files, fileBytes, references },
      { textBytes: 17, messages: 4, images: 2, files: 2, fileBytes: 3, references: 2 },
    );
  });

  const refused: readonly (readonly [members: object, said: RegExp])[] = [
    [{ background: true }, /^unsupported_by_target background: .+ alone makes/],
    [{ previous_response_id: "resp_1" }, /^unsupported_by_target previous_response_id: /],
    [{ conversation: "conv_1" }, /^unsupported_by_target conversation: /],
    [{ prompt: { id: "pmpt_1" } }, /^unsupported_by_target prompt: /],
    [{ top_logprobs: 3 }, /^unsupported_by_target top_logprobs: /],
    [{ include: ["message.output_text.logprobs"] }, /^unsupported_by_target include: /],
    [{ of_tomorrow: { a: 1 } }, /^unsupported_by_target of_tomorrow: .+ no member/],
    [{ tools: [{ type: "web_search" }] }, /^unsupported_by_target tools\.\[0\]: .+"web_search"/],
    [{ tools: [{ type: "mcp" }] }, /^unsupported_by_target tools\.\[0\]: .+"mcp"/],
    [{ tools: [{ type: "file_search" }] }, /^unsupported_by_target tools\.\[0\]: /],
    [{ tools: [{ type: "computer_use_preview" }] }, /^unsupported_by_target tools\.\[0\]: /],
    [{ tools: [{ type: "code_interpreter" }] }, /^unsupported_by_target tools\.\[0\]: /],
    [{ tool_choice: { type: "file_search" } }, /^unsupported_by_target tool_choice: /],
    [{ tools: [{ type: "of_tomorrow" }] }, /^invalid_value tools\.\[0\]\.type: /],
    [{ input: [{ type: "item_reference", id: "m" }] }, /^unsupported.+input.+store = false\)/],
    [{ input: [{ type: "web_search_call" }] }, /^unsupported_by_target input\.\[0\]: /],
    [{ input: [{ type: "of_tomorrow" }] }, /^invalid_value input\.\[0\]\.type: /],
    [{ input: [{ role: "tool", content: "a" }] }, /^invalid_value input\.\[0\]\.role: /],
    [{ input: [] }, /^invalid_value input: /],
    [{ input: null }, /^invalid_value input: /],
    [
      { input: [{ role: "user", content: [{ type: "input_audio" }] }] },
      /^unsupported_surface input\.\[0\]\.content\.\[0\]: /,
    ],
    [{ input: [{ role: "user", content: [{ type: "input_file" }] }] }, /^invalid_value input/],
    [
      {
        input: [
          {
            role: "user",
            content: [{ type: "input_file", file_id: "file-1", file_url: "https://a.b/c.pdf" }],
          },
        ],
      },
      /^invalid_value input.+exactly one/,
    ],
    [{ input: [{ role: "user", content: [{ type: "input_image" }] }] }, /^missing_field input/],
    [{ max_output_tokens: 0 }, /^invalid_value max_output_tokens: /],
    [{ temperature: 3 }, /^invalid_value temperature: /],
    [{ text: { format: { type: "json_schema" } } }, /^missing_field text\.format\.name: /],
    [{ model: "" }, /^invalid_value model: /],
  ];
  for (const [members, said] of refused) {
    test(`WIR-13 ${JSON.stringify(members)} is refused in words`, () => {
      assert.match(refusalOf(members), said);
    });
  }

  test("a key that stands twice is refused", () => {
    const request = readResponsesRequest(Buffer.from('{"model":"a","input":"Hi","model":"b"}'));
    assert.equal(request.ok ? "" : request.code, "duplicate_field");
  });

  const neutral: readonly object[] = [
    { background: false },
    { previous_response_id: null, conversation: null, prompt: null },
    { top_logprobs: 0 },
    { include: ["reasoning.encrypted_content", "file_search_call.results"] },
    { max_tool_calls: 5 },
    { stream_options: { include_obfuscation: true } },
    { of_tomorrow: null },
  ];
  for (const members of neutral) {
    test(`${JSON.stringify(members)} asks for nothing`, () => {
      assert.equal(refusalOf(members), "accepted");
    });
  }

  test("WIR-13 what only tunes and nobody does is named", () => {
    const left = (members: object) => read({ ...asked, ...members }).leftOut;
    assert.deepEqual(left({}), []);
    assert.deepEqual(left({ store: false, truncation: "disabled" }), []);
    assert.deepEqual(left({ store: true }), []);
    assert.deepEqual(
      left({ truncation: "auto", context_management: [{ type: "compaction" }] }).map(
        ({ feature }) => feature,
      ),
      ["context_editing", "context_editing"],
    );
  });

  test("WIR-10 an answer repeats what the request says, byte for byte, and the defaults", () => {
    const bytes =
      '{"model":"m","input":"Hi","metadata":null,"tools": [ {"type":"function",' +
      '"name":"f","parameters":{"maximum":9007199254740993}} ] ,"temperature":1.0}';
    const repeated = read(Buffer.from(bytes)).repeatedMembers();
    assert.match(repeated, /"maximum":9007199254740993/);
    assert.match(repeated, /"temperature":1\.0,/);
    assert.match(repeated, /"metadata":\{\},/);
    assert.deepEqual(JSON.parse(`{${read(asked).repeatedMembers()}}`), {
      instructions: null,
      max_output_tokens: null,
      metadata: {},
      parallel_tool_calls: true,
      reasoning: { effort: null, summary: null },
      temperature: null,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      top_p: null,
      user: null,
    });
  });

  const sdk = [
    "openai-plain",
    "openai-stream-with-tools",
    "openai-image-and-file",
    "ai-plain",
    "ai-reasoning-model",
    "ai-schema",
    "ai-conversation-not-kept",
  ];
  for (const name of sdk) {
    test(`the SDK's own body is read: ${name}`, () => {
      assert.ok(read(recorded(name)).toCanonical().ok);
    });
  }

  test("the AI SDK refers to answers that it takes for kept, and is told what to do", () => {
    const request = readResponsesRequest(recorded("ai-conversation-kept"));
    assert.ok(!request.ok);
    assert.deepEqual([request.code, request.path], ["unsupported_by_target", "input.[1]"]);
    assert.match(request.message, /providerOptions\.openai\.store = false/);
  });
});
