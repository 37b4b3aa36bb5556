import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalRequest } from "../canonical/request.ts";
import { readChatRequest } from "./chat-request.ts";
import { writeChatRequest } from "./write-request.ts";

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null });

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const textPart = text.map((value) => ({ type: "text", text: value }));
const schema = fc.constantFrom({ type: "object" }, { type: "object", properties: { a: {} } });

const image = fc
  .tuple(
    fc.constantFrom("https://example.com/a.png", "data:image/png;base64,AAAA"),
    optional(fc.constantFrom("low", "high")),
  )
  .map(([url, detail]) => ({ type: "image_url", image_url: { url, detail } }));

const file = fc.constantFrom(
  { type: "file", file: { file_id: "file-1" } },
  { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
  { type: "file", file: { file_data: "AAAA" } },
);

const partList = (...kinds: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof(text, fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 3 }));

const call = fc.record({
  id: name,
  type: fc.constant("function"),
  function: fc.record({ name, arguments: text }),
});

const instruction = fc.record({
  role: fc.constantFrom("system", "developer"),
  content: partList(textPart),
});

const message = fc.oneof(
  instruction,
  fc.record({
    role: fc.constant("user"),
    content: partList(textPart, image, file),
    name: optional(name),
  }),
  fc.record({
    role: fc.constant("assistant"),
    content: optional(
      partList(
        textPart,
        text.map((refusal) => ({ type: "refusal", refusal })),
      ),
    ),
    refusal: optional(text),
    tool_calls: fc.option(fc.array(call, { minLength: 1, maxLength: 2 }), { nil: null }),
  }),
  fc.record({ role: fc.constant("tool"), tool_call_id: name, content: partList(textPart) }),
);

const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record({
    name,
    description: optional(text),
    parameters: optional(schema),
    strict: optional(fc.boolean()),
  }),
});

const format = fc.oneof(
  fc.constantFrom({ type: "text" }, { type: "json_object" }),
  fc
    .record({
      name,
      schema: optional(schema),
      strict: optional(fc.boolean()),
      description: optional(text),
    })
    .map((value) => ({ type: "json_schema", json_schema: value })),
);

const body = fc.record({
  model: name,
  messages: fc
    .tuple(
      fc.array(instruction, { maxLength: 2 }),
      fc.array(message, { minLength: 1, maxLength: 5 }),
    )
    .map((lists) => lists.flat()),
  stream: optional(fc.boolean()),
  max_tokens: optional(fc.integer({ min: 1, max: 9 })),
  temperature: optional(fc.constantFrom(0, 0.5, 2)),
  top_p: optional(fc.constantFrom(0, 1)),
  frequency_penalty: optional(fc.constantFrom(-2, 0, 2)),
  presence_penalty: optional(fc.constantFrom(-2, 0, 2)),
  seed: optional(fc.integer()),
  stop: optional(fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 4 }))),
  tools: optional(fc.array(tool, { minLength: 1, maxLength: 3 })),
  tool_choice: optional(
    fc.oneof(
      fc.constantFrom("auto", "none", "required"),
      name.map((value) => ({ type: "function", function: { name: value } })),
    ),
  ),
  parallel_tool_calls: optional(fc.boolean()),
  response_format: optional(format),
  metadata: optional(fc.dictionary(name, text, { maxKeys: 3 })),
  user: optional(name),
  reasoning_effort: optional(fc.constantFrom("low", "high")),
  logprobs: optional(fc.boolean()),
  n: optional(fc.integer({ min: 1, max: 3 })),
});

const toCanonical = (bytes: Buffer): CanonicalRequest => {
  const request = readChatRequest(bytes);
  assert.ok(request.ok, request.ok ? "" : request.message);
  const canonical = request.value.toCanonical();
  assert.ok(canonical.ok);
  return canonical.value;
};

const write = (request: CanonicalRequest): Buffer => {
  const options = { model: request.model, maxTokensKey: "max_completion_tokens" } as const;
  const written = writeChatRequest(request, options);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.bytes;
};

/** Usage is always asked for, and records without a prototype compare like any other. */
const meaning = (request: CanonicalRequest): unknown => ({
  ...request,
  streamUsage: request.stream,
  rest: { ...request.rest },
  metadata: { ...request.metadata },
});

test("WIR-8 parse then write is identity on meaning", () => {
  fc.assert(
    fc.property(body, (json) => {
      const canonical = toCanonical(Buffer.from(JSON.stringify(json)));
      assert.deepEqual(meaning(toCanonical(write(canonical))), meaning(canonical));
    }),
    { numRuns: 2000 },
  );
});

const canonicalOf = (json: object): CanonicalRequest =>
  toCanonical(Buffer.from(JSON.stringify({ model: "m", ...json })));

describe("to the canonical shape", () => {
  const hi = { role: "user", content: "Hi" };

  test("instructions ahead become the system, those between keep their place", () => {
    const request = canonicalOf({
      messages: [
        { role: "system", content: "a" },
        { role: "developer", content: [{ type: "text", text: "b" }] },
        hi,
        { role: "system", content: "c" },
      ],
    });
    assert.deepEqual(
      request.system.map((part) => part.kind === "text" && part.text),
      ["a", "b"],
    );
    assert.deepEqual(
      request.messages.map((made) => made.role),
      ["user", "system"],
    );
  });

  test("a conversation of instructions alone", () => {
    const request = canonicalOf({ messages: [{ role: "system", content: "a" }] });
    assert.deepEqual([request.system.length, request.messages.length], [1, 0]);
  });

  test("allowed tools narrow the list", () => {
    const tools = ["f", "g"].map((made) => ({ type: "function", function: { name: made } }));
    const request = canonicalOf({
      messages: [hi],
      tools,
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "g" } }] },
      },
    });
    assert.deepEqual(
      request.tools.map((made) => made.name),
      ["g"],
    );
    assert.deepEqual(request.toolChoice, { kind: "required" });
  });

  test("a cache mark stands behind its part", () => {
    const part = {
      type: "text",
      text: "a",
      prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" },
    };
    const request = canonicalOf({ messages: [{ role: "user", content: [part] }] });
    assert.deepEqual(request.messages[0]?.parts, [
      { kind: "text", text: "a" },
      { kind: "cachePoint", ttl: "1h" },
    ]);
  });

  test("members of this dialect alone are kept as they came", () => {
    const request = canonicalOf({ messages: [hi], top_k: 5, verbosity: "low", n: 2, x: null });
    assert.deepEqual({ ...request.rest }, { top_k: 5, verbosity: "low", n: 2 });
  });

  const refused: readonly (readonly [json: object, path: string])[] = [
    [{ functions: [{ name: "f" }] }, "functions"],
    [{ function_call: "auto" }, "function_call"],
    [{ tools: [{ type: "custom", custom: { name: "c" } }] }, "tools.[0].custom"],
    [{ messages: [{ role: "function", name: "f", content: "x" }] }, "messages.[0].role"],
    [
      { messages: [{ role: "assistant", function_call: { name: "f", arguments: "" } }] },
      "messages.[0].function_call",
    ],
    [
      {
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "c", type: "custom", custom: { name: "c", input: "" } }],
          },
        ],
      },
      "messages.[0].tool_calls.[0].custom",
    ],
  ];
  for (const [json, path] of refused) {
    test(`WIR-13 no other dialect has ${path}`, () => {
      const text = JSON.stringify({ model: "m", messages: [hi], ...json });
      const request = readChatRequest(Buffer.from(text));
      assert.ok(request.ok);
      const canonical = request.value.toCanonical();
      assert.ok(!canonical.ok);
      assert.deepEqual([canonical.code, canonical.path], ["unsupported_by_target", path]);
    });
  }
});

describe("from the canonical shape", () => {
  const base = canonicalOf({ messages: [{ role: "user", content: "Hi" }] });
  // What was written is JSON.
  const written = (request: Partial<CanonicalRequest>): Record<string, unknown> =>
    JSON.parse(write({ ...base, ...request }).toString()) as Record<string, unknown>;

  test("the least", () => {
    assert.deepEqual(written({}), { model: "m", messages: [{ role: "user", content: "Hi" }] });
  });

  test("usage is always asked for", () => {
    assert.deepEqual(written({ stream: true })["stream_options"], { include_usage: true });
  });

  test("what only another dialect knows stays behind", () => {
    const rest = { thinking: { budget: 1 } };
    assert.equal(written({ dialect: "anthropic", rest })["thinking"], undefined);
    assert.deepEqual(written({ dialect: "openai", rest })["thinking"], { budget: 1 });
  });

  test("tool results beside text become messages of their own, ahead of it", () => {
    const parts = [
      { kind: "toolResult", id: "c", parts: [{ kind: "text", text: "1" }] },
      { kind: "toolResult", id: "d", parts: [] },
      { kind: "text", text: "and?" },
    ] as const;
    assert.deepEqual(written({ messages: [{ role: "user", parts }] })["messages"], [
      { role: "tool", tool_call_id: "c", content: "1" },
      { role: "tool", tool_call_id: "d", content: "" },
      { role: "user", content: "and?" },
    ]);
  });

  test("tool results alone are no turn of the user's, whoever's words they came in", () => {
    const result = { kind: "toolResult", id: "c", parts: [{ kind: "text", text: "1" }] } as const;
    const mark = { kind: "cachePoint", ttl: "5m" } as const;
    for (const parts of [[result], [result, mark]]) {
      for (const role of ["user", "tool"] as const) {
        assert.deepEqual(written({ messages: [{ role, parts }] })["messages"], [
          { role: "tool", tool_call_id: "c", content: "1" },
        ]);
      }
    }
  });

  test("reasoning and cache points are left out", () => {
    const parts = [
      { kind: "reasoning", text: "hm", signature: "s" },
      { kind: "text", text: "a" },
      { kind: "cachePoint", ttl: "5m" },
    ] as const;
    assert.deepEqual(written({ messages: [{ role: "assistant", parts }] })["messages"], [
      { role: "assistant", content: "a" },
    ]);
  });

  const source = { kind: "url", url: "https://example.com/a" } as const;
  const unsupported: readonly (readonly [string, CanonicalRequest["messages"][number]])[] = [
    ["a document by URL", { role: "user", parts: [{ kind: "document", source }] }],
    [
      "an image by file id",
      { role: "user", parts: [{ kind: "image", source: { kind: "file", id: "f" } }] },
    ],
    [
      "an image in a tool result",
      {
        role: "tool",
        parts: [{ kind: "toolResult", id: "c", parts: [{ kind: "image", source }] }],
      },
    ],
  ];
  for (const [what, made] of unsupported) {
    test(`WIR-13 ${what} is refused, not dropped`, () => {
      const options = { model: "m", maxTokensKey: "max_tokens" } as const;
      const refused = writeChatRequest({ ...base, messages: [made] }, options);
      assert.ok(!refused.ok);
      assert.equal(refused.code, "unsupported_by_target");
    });
  }
});
