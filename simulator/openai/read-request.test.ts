import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Question } from "../question.ts";
import { readChat } from "./read-request.ts";

const user = { role: "user", content: "hi" };
const read = (body: object): Question =>
  readChat(Buffer.from(JSON.stringify({ model: "m", messages: [user], ...body })));

const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } };
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

test("a small request is read with its defaults", () =>
  assert.deepEqual(read({}), {
    model: "m",
    stream: false,
    streamUsage: false,
    turns: [{ role: "user", text: "hi", images: [], documents: [], calls: [] }],
    tools: [],
    toolUse: { kind: "auto" },
    parallelTools: true,
    format: { kind: "text" },
    stop: [],
    maxTokens: null,
    choices: 1,
    thinking: false,
    cuts: [],
  }));

test("a request with everything is read", () => {
  const parts = [
    { type: "text", text: "a" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
    { type: "image_url", image_url: { url: "https://x/y.png" } },
    { type: "text", text: "b" },
  ];
  const schema = { type: "object" };
  const question = read({
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: "developer", content: "be kind" },
      { role: "user", content: parts, name: "kenji" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "4 C" },
    ],
    tools: [tool],
    tool_choice: { type: "function", function: { name: "f" } },
    parallel_tool_calls: false,
    response_format: { type: "json_schema", json_schema: { name: "x", schema, strict: true } },
    stop: "END",
    max_tokens: 9,
    max_completion_tokens: 8,
    n: 2,
    temperature: 0.3,
    some_new_field: 1,
  });
  assert.deepEqual(
    question.turns.map(({ role, text, images }) => [role, text, images]),
    [
      ["system", "be kind", []],
      ["user", "a\nb", ["low", "high"]],
      ["assistant", "", []],
      ["tool", "4 C", []],
    ],
  );
  assert.deepEqual(question.turns[2]?.calls, [{ name: "f", arguments: "{}" }]);
  assert.deepEqual(question.toolUse, { kind: "named", name: "f" });
  assert.deepEqual(question.format, { kind: "schema", schema });
  const { stream, streamUsage, parallelTools, stop, maxTokens, choices } = question;
  assert.deepEqual(
    [stream, streamUsage, parallelTools, stop, maxTokens, choices],
    [true, true, false, ["END"], 8, 2],
  );
});

const deep = (levels: number): unknown => (levels === 0 ? {} : { a: deep(levels - 1) });
const withTool = (parameters: unknown): object => ({
  tools: [{ type: "function", function: { name: "f", parameters } }],
});
const toolTurn = { role: "tool", tool_call_id: "c2", content: "x" };
const asked = { role: "assistant", tool_calls: [call] };
const image = { role: "user", content: [{ type: "image_url", image_url: {} }] };

const wrong: readonly [what: string, body: object, code: string, param: string | null][] = [
  ["no model", { model: null }, "missing_field", "model"],
  ["a model that is a number", { model: 4 }, "invalid_value", "model"],
  ["a model that is too long", { model: "m".repeat(2_049) }, "invalid_value", "model"],
  ["no messages", { messages: null }, "missing_field", "messages"],
  ["an empty list of messages", { messages: [] }, "invalid_value", "messages"],
  ["messages that are text", { messages: "hi" }, "invalid_value", "messages"],
  ["a message that is text", { messages: ["hi"] }, "invalid_value", "messages[0]"],
  ["no role", { messages: [{ content: "" }] }, "missing_field", "messages[0].role"],
  ["a wrong role", { messages: [{ role: "constructor" }] }, "invalid_value", "messages[0].role"],
  ["no content", { messages: [{ role: "user" }] }, "missing_field", "messages[0].content"],
  [
    "an image without URL",
    { messages: [image] },
    "missing_field",
    "messages[0].content[0].image_url",
  ],
  [
    "a result that answers no call",
    { messages: [user, asked, toolTurn] },
    "invalid_value",
    "messages[2].role",
  ],
  ["temperature 3", { temperature: 3 }, "invalid_value", "temperature"],
  ["max_tokens 0", { max_tokens: 0 }, "invalid_value", "max_tokens"],
  ["n 1.5", { n: 1.5 }, "invalid_value", "n"],
  ["n beyond the limit", { n: 17 }, "invalid_value", "n"],
  ["five stops", { stop: ["a", "b", "c", "d", "e"] }, "invalid_value", "stop"],
  ["stream as text", { stream: "true" }, "invalid_value", "stream"],
  ["stream_options without stream", { stream_options: {} }, "invalid_value", "stream_options"],
  ["tool_choice without tools", { tool_choice: "auto" }, "invalid_value", "tool_choice"],
  [
    "a choice of no tool",
    { tools: [tool], tool_choice: { type: "function", function: { name: "g" } } },
    "invalid_value",
    "tool_choice",
  ],
  [
    "a schema that is too deep",
    withTool(deep(65)),
    "invalid_value",
    "tools[0].function.parameters",
  ],
  [
    "an unknown format",
    { response_format: { type: "xml" } },
    "invalid_value",
    "response_format.type",
  ],
];
for (const [what, body, code, param] of wrong) {
  test(`${what} is refused: ${code} at ${param}`, () =>
    assert.throws(
      () => read(body),
      (error) => error instanceof Failure && error.code === code && error.details.param === param,
    ));
}

const bytes: readonly [what: string, body: Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["half a body", Buffer.from('{"model":"m","mess')],
  ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
];
for (const [what, body] of bytes) {
  test(`${what} is no JSON`, () =>
    assert.throws(
      () => readChat(body),
      (error) => error instanceof Failure && error.code === "invalid_json",
    ));
}

test("a body that is nested a million deep is refused, not a crash", () => {
  const body = Buffer.from(`{"model":"m","messages":${"[".repeat(1e6)}${"]".repeat(1e6)}}`);
  assert.throws(() => readChat(body), Failure);
});
