import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalRequest } from "../canonical/request.ts";
import { readMessagesRequest } from "./message-request.ts";
import { writeMessagesRequest } from "./write-request.ts";

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null });

// Empty texts and texts of white space alone are errors of this dialect.
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 }).map((made) => `a${made}z`);
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const object = fc.dictionary(name, fc.oneof(fc.integer(), text), { maxKeys: 2 });
const mark = optional(
  fc.constantFrom(
    { type: "ephemeral" },
    { type: "ephemeral", ttl: "5m" },
    { type: "ephemeral", ttl: "1h" },
  ),
);

const textBlock = fc.record({
  type: fc.constant("text"),
  text,
  citations: optional(fc.constant([{ type: "char_location", cited_text: "c" }])),
});

const image = fc.constantFrom(
  { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
  { type: "image", source: { type: "url", url: "https://example.com/a.png" }, transformations: {} },
  { type: "image", source: { type: "file", file_id: "file_1" } },
);

const document = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        { type: "base64", media_type: "application/pdf", data: "AAAA" },
        { type: "url", url: "https://example.com/a.pdf" },
        { type: "file", file_id: "file_1" },
      ),
      text.map((data) => ({ type: "text", media_type: "text/plain", data })),
    ),
    optional(text),
    optional(text),
    optional(fc.boolean()),
  )
  .map(([source, title, context, enabled]) => ({
    type: "document",
    source,
    title,
    context,
    citations: enabled === null ? null : { enabled },
  }));

const result = fc.record({
  type: fc.constant("tool_result"),
  tool_use_id: name,
  content: optional(
    fc.oneof(text, fc.array(fc.oneof(textBlock, image, document), { maxLength: 2 })),
  ),
  is_error: optional(fc.boolean()),
});

const call = fc.record({
  type: fc.constant("tool_use"),
  id: name,
  name,
  input: object,
  caller: fc.constantFrom(undefined, { type: "direct" }),
});

const thinking = fc.oneof(
  fc.record({ type: fc.constant("thinking"), thinking: text, signature: text }),
  fc.record({ type: fc.constant("redacted_thinking"), data: text }),
);

const marked = (block: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(block, mark).map(([made, cache]) => ({ ...made, cache_control: cache }));

const content = (...kinds: fc.Arbitrary<object>[]): fc.Arbitrary<unknown> =>
  fc.oneof(text, fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 3 }));

const asked = fc.record({
  role: fc.constant("user"),
  // Results stand ahead of all else.
  content: fc.oneof(
    content(marked(textBlock), marked(image), marked(document)),
    fc
      .tuple(
        fc.array(marked(result), { minLength: 1, maxLength: 2 }),
        fc.array(textBlock, { maxLength: 1 }),
      )
      .map((lists) => lists.flat()),
  ),
});

const answered = fc.record({
  role: fc.constant("assistant"),
  content: content(thinking, marked(textBlock), marked(call)),
});

const instruction = fc.record({ role: fc.constant("system"), content: content(marked(textBlock)) });

const conversation = fc
  .array(fc.tuple(asked, fc.option(instruction, { nil: null }), answered), {
    minLength: 1,
    maxLength: 3,
  })
  .map((turns) => turns.flat().filter((message) => message !== null));

const tool = fc.record({
  name,
  description: optional(text),
  input_schema: fc.constantFrom({ type: "object" }, { type: "object", properties: { a: {} } }),
  strict: optional(fc.boolean()),
  input_examples: optional(fc.array(object, { minLength: 1, maxLength: 2 })),
  cache_control: mark,
});

const schema = {
  type: "object",
  properties: { a: { type: "string" } },
  additionalProperties: false,
};

const body = fc.record({
  model: fc.constant("claude-opus-4-8"),
  max_tokens: fc.nat(9),
  messages: conversation,
  system: optional(content(marked(textBlock))),
  stream: optional(fc.boolean()),
  stop_sequences: optional(fc.array(text, { maxLength: 2 })),
  tools: optional(fc.array(tool, { minLength: 1, maxLength: 3 })),
  metadata: optional(fc.record({ user_id: optional(name) })),
  thinking: optional(fc.constantFrom({ type: "adaptive" }, { type: "disabled" })),
  output_config: optional(
    fc.record({
      effort: optional(fc.constantFrom("low", "max")),
      format: optional(fc.constant({ type: "json_schema", schema })),
    }),
  ),
  speed: optional(fc.constantFrom("fast", "standard")),
  container: optional(name),
});

const choice = optional(
  fc.oneof(
    fc.record({
      type: fc.constantFrom("auto", "any"),
      disable_parallel_tool_use: optional(fc.boolean()),
    }),
    fc.constantFrom({ type: "none" }, { type: "tool", name: "f", disable_parallel_tool_use: true }),
  ),
);

const toCanonical = (bytes: Buffer): CanonicalRequest => {
  const request = readMessagesRequest(bytes);
  assert.ok(request.ok, request.ok ? "" : request.message);
  const canonical = request.value.toCanonical();
  assert.ok(canonical.ok, canonical.ok ? "" : canonical.message);
  return canonical.value;
};

const write = (request: CanonicalRequest): Buffer => {
  const options = { model: request.model, apiVersion: "2026-10-21" } as const;
  const written = writeMessagesRequest(request, options);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.bytes;
};

/** No more marks than this dialect allows, and records without a prototype like any other. */
function meaning(request: CanonicalRequest): unknown {
  const { rest, ...others } = request;
  const { output_config: config } = rest;
  return { ...others, rest: { ...rest, output_config: config } };
}

const countMarks = (json: unknown): number =>
  JSON.stringify(json).split('"cache_control":{').length - 1;

test("WIR-8 parse then write is identity on meaning", () => {
  fc.assert(
    fc.property(body, choice, (json, chosen) => {
      fc.pre(countMarks(json) <= 4);
      const withChoice = json.tools === null ? json : { ...json, tool_choice: chosen };
      const canonical = toCanonical(Buffer.from(JSON.stringify(withChoice)));
      assert.deepEqual(meaning(toCanonical(write(canonical))), meaning(canonical));
    }),
    { numRuns: 1500 },
  );
});

test("no more prefixes are marked for the cache than a request may have, the longest ones", () => {
  fc.assert(
    fc.property(body, (json) => {
      fc.pre(countMarks(json) > 4);
      const written = write(toCanonical(Buffer.from(JSON.stringify(json)))).toString();
      assert.equal(countMarks(JSON.parse(written)), 4);
    }),
    { numRuns: 300 },
  );
});

describe("to the canonical shape", () => {
  const hi = { role: "user", content: "Hi" };
  const canonicalOf = (json: object): CanonicalRequest =>
    toCanonical(
      Buffer.from(JSON.stringify({ model: "m", max_tokens: 9, messages: [hi], ...json })),
    );

  test("a cache mark stands behind its block, in the system as well", () => {
    const block = { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } };
    const request = canonicalOf({
      system: [block],
      messages: [{ role: "user", content: [block] }],
    });
    const parts = [
      { kind: "text", text: "a" },
      { kind: "cachePoint", ttl: "1h" },
    ];
    assert.deepEqual([request.system, request.messages[0]?.parts], [parts, parts]);
  });

  test("a schema in its old place", () => {
    const request = canonicalOf({ output_format: { type: "json_schema", schema } });
    assert.deepEqual(
      request.responseFormat?.kind === "schema" && request.responseFormat.schema,
      schema,
    );
    assert.deepEqual({ ...request.rest }, {});
  });

  test("members of this dialect alone are kept as they came", () => {
    const request = canonicalOf({ speed: "fast", output_config: { effort: "low" }, x: null });
    assert.deepEqual({ ...request.rest }, { speed: "fast", output_config: { effort: "low" } });
  });

  const block = (value: object): object => ({ messages: [{ role: "user", content: [value] }] });
  const source = { type: "url", url: "https://example.com/a.png" };
  const refused: readonly (readonly [path: string, json: object])[] = [
    ["tools.[0].type", { tools: [{ type: "bash_20250124", name: "bash" }] }],
    ["tools.[0].defer_loading", { tools: [{ name: "f", input_schema: {}, defer_loading: true }] }],
    [
      "tools.[0].allowed_callers",
      { tools: [{ name: "f", input_schema: {}, allowed_callers: ["code_execution_20260120"] }] },
    ],
    [
      "messages.[0].content.[0]",
      block({ type: "search_result", source: "s", title: "t", content: [] }),
    ],
    ["messages.[0].content.[0]", block({ type: "server_tool_use", id: "s", name: "web_search" })],
    [
      "messages.[0].content.[0].content.[0]",
      block({ type: "tool_result", tool_use_id: "t", content: [{ type: "tool_reference" }] }),
    ],
    [
      "messages.[0].content.[0].caller",
      block({
        type: "tool_use",
        id: "t",
        name: "f",
        input: {},
        caller: { type: "code_execution_20260120" },
      }),
    ],
    [
      "messages.[0].content.[0].toolset_name",
      block({ type: "tool_use", id: "t", name: "f", input: {}, toolset_name: "browser" }),
    ],
    [
      "messages.[0].content.[0].transformations",
      block({ type: "image", source, transformations: { oversized_image: "error" } }),
    ],
    [
      "messages.[0].content.[0].source",
      block({ type: "document", source: { type: "content", content: "a" } }),
    ],
  ];
  for (const [path, json] of refused) {
    test(`WIR-13 no other dialect has ${path} ${JSON.stringify(json).slice(0, 60)}`, () => {
      const made = { model: "m", max_tokens: 9, messages: [hi], ...json };
      const request = readMessagesRequest(Buffer.from(JSON.stringify(made)));
      assert.ok(request.ok);
      const canonical = request.value.toCanonical();
      assert.ok(!canonical.ok);
      assert.deepEqual([canonical.code, canonical.path], ["unsupported_by_target", path]);
    });
  }
});
