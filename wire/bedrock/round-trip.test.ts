import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { CanonicalRequest } from "../canonical/request.ts";
import {
  canonicalOf,
  haiku,
  hi,
  llama,
  nova,
  path,
  readGood,
  writeGood,
} from "./request-fixture.ts";

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null });

// What is blank or ends in white space is changed on purpose.
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((s) => `${s}.`);
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const base64 = fc.constantFrom("AAAA", "AAA=", "AAAAAA==");
const schema = fc.constantFrom({ type: "object" }, { type: "object", properties: { a: {} } });

const textBlock = text.map((said) => ({ text: said }));
const image = fc
  .tuple(fc.constantFrom("png", "jpeg", "gif", "webp"), base64)
  .map(([format, bytes]) => ({ image: { format, source: { bytes } } }));

const document = fc
  .record({
    name: fc.constantFrom("report", "Report (2)"),
    format: fc.constantFrom("pdf", "csv", "docx", "xlsx", "html", "txt", "md"),
    source: fc.oneof(
      base64.map((bytes) => ({ bytes })),
      text.map((said) => ({ text: said })),
    ),
    context: fc.option(text, { nil: undefined }),
    citations: fc.option(fc.record({ enabled: fc.boolean() }), { nil: undefined }),
  })
  .map((made) => ({ document: made }));

const cachePoint = fc
  .constantFrom("5m", "1h", undefined)
  .map((ttl) => ({ cachePoint: { type: "default", ...(ttl === undefined ? {} : { ttl }) } }));

const toolUse = fc
  .record({ toolUseId: name, name, input: fc.constantFrom({}, { a: 1 }, { a: { b: ["é"] } }) })
  .map((call) => ({ toolUse: call }));

const toolResult = fc
  .record({
    toolUseId: name,
    content: fc.array(
      fc.oneof(
        textBlock,
        image,
        fc.constantFrom({ a: 1 }, []).map((json) => ({ json })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
    status: fc.constantFrom("success", "error", undefined),
  })
  .map((result) => ({ toolResult: result }));

const reasoning = fc.oneof(
  fc
    .record({ text, signature: text })
    .map((reasoningText) => ({ reasoningContent: { reasoningText } })),
  base64.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
);

const cited = fc
  .record({
    content: fc.array(textBlock, { minLength: 1, maxLength: 1 }),
    citations: fc.array(fc.constant({ title: "T", location: { web: { url: "https://a" } } })),
  })
  .map((citationsContent) => ({ citationsContent }));

const content = <T>(...kinds: fc.Arbitrary<T>[]): fc.Arbitrary<T[]> =>
  fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 3 });

const turn = fc.record({
  user: fc
    // Results come first, and a cache point stands behind something.
    .tuple(fc.array(toolResult, { maxLength: 2 }), content<object>(textBlock, image))
    .map((lists) => ({ role: "user", content: lists.flat() })),
  assistant: content<object>(textBlock, toolUse, reasoning, cited).map((blocks) => ({
    role: "assistant",
    content: blocks,
  })),
});

const tool = fc
  .record({
    name,
    description: fc.option(text, { nil: undefined }),
    inputSchema: schema.map((json) => ({ json })),
    strict: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map((toolSpec) => ({ toolSpec }));

const toolConfig = fc.record({
  tools: fc
    .tuple(tool, fc.option(cachePoint, { nil: null }), fc.array(tool, { maxLength: 2 }))
    .map(([first, point, others]) => [first, ...(point === null ? [] : [point]), ...others]),
  toolChoice: fc.option(
    fc.oneof(
      fc.constantFrom({ auto: {} }, { any: {} }),
      name.map((value) => ({ tool: { name: value } })),
    ),
    { nil: undefined },
  ),
});

const body = fc.record({
  messages: fc
    .tuple(fc.array(turn, { minLength: 1, maxLength: 2 }), optional(document), optional(cachePoint))
    .map(([turns, made, point]) => {
      const messages = turns.flatMap(({ user, assistant }) => [user, assistant]);
      const last = { role: "user", content: [{ text: "Go on." }] as object[] };
      if (made !== null) last.content.push(made);
      if (point !== null) last.content.push(point);
      return [...messages, last];
    }),
  system: optional(
    fc
      .tuple(textBlock, fc.option(cachePoint, { nil: null }))
      .map(([said, point]) => (point === null ? [said] : [said, point])),
  ),
  inferenceConfig: fc.record({
    maxTokens: fc.integer({ min: 1, max: 9 }),
    temperature: optional(fc.constantFrom(0, 0.5, 1)),
    topP: optional(fc.constantFrom(0, 1)),
    stopSequences: optional(fc.array(text, { minLength: 1, maxLength: 4 })),
  }),
  toolConfig,
  requestMetadata: optional(
    fc.dictionary(name, fc.stringMatching(/^[\w :@=+.-]{0,12}$/), { maxKeys: 3 }),
  ),
  additionalModelRequestFields: optional(
    fc.record({ top_k: fc.integer({ min: 1, max: 9 }), anthropic_beta: fc.constant(["a"]) }),
  ),
  outputConfig: optional(fc.constantFrom({ effort: "low" }, {})),
  guardrailConfig: optional(fc.constant({ guardrailIdentifier: "g", guardrailVersion: "1" })),
  performanceConfig: optional(fc.constant({ latency: "standard" })),
});

/** Records without a prototype compare like any other. */
const plain = (request: CanonicalRequest): unknown => JSON.parse(JSON.stringify(request));

const carried = (request: CanonicalRequest, model: string): CanonicalRequest => {
  const read = readGood(writeGood(request, model).toString(), path).toCanonical();
  assert.ok(read.ok, read.ok ? "" : read.message);
  return read.value;
};

describe("WIR-8 parse then write is identity on meaning", () => {
  // Claude 3 takes all of it; what a name stands for is not known.
  for (const model of [haiku, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/mine"]) {
    test(model, () => {
      fc.assert(
        fc.property(body, (json) => {
          const canonical = canonicalOf(json);
          assert.deepEqual(plain(carried(canonical, model)), plain(canonical));
        }),
        { numRuns: 1000 },
      );
    });
  }

  test("of a model without them, cache points and marks of failed tools are lost", () => {
    const request = canonicalOf({
      system: [{ text: "a" }, { cachePoint: { type: "default" } }],
      messages: [
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "t", content: [{ text: "x" }], status: "error" } },
            { cachePoint: { type: "default" } },
          ],
        },
      ],
    });
    const { system, messages } = carried(request, llama);
    assert.deepEqual(system, [{ kind: "text", text: "a" }]);
    assert.deepEqual(messages[0]?.parts, [
      { kind: "toolResult", id: "t", parts: [{ kind: "text", text: "x" }] },
    ]);
  });
});

describe("to the canonical shape", () => {
  test("the effort stands among the fields of the model, as its maker has it", () => {
    const { rest } = canonicalOf({
      outputConfig: { effort: "high" },
      additionalModelRequestFields: { output_config: { x: 1 }, thinking: { type: "adaptive" } },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
      additionalModelRequestFields: {
        output_config: { x: 1, effort: "high" },
        thinking: { type: "adaptive" },
      },
    });
  });

  test("a schema for the answer is parsed", () => {
    const jsonSchema = { schema: '{"type":"object"}', name: "n", description: "d" };
    const { responseFormat } = canonicalOf({
      outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } },
    });
    assert.deepEqual(responseFormat, {
      kind: "schema",
      name: "n",
      schema: { type: "object" },
      strict: null,
      description: "d",
    });
  });

  test("top_k is a parameter like the others, where it is a number", () => {
    const { sampling, rest } = canonicalOf({ additionalModelRequestFields: { top_k: 5 } });
    assert.equal(sampling.topK, 5);
    assert.deepEqual({ ...rest }, {});
    assert.equal(canonicalOf({ additionalModelRequestFields: { top_k: "5" } }).sampling.topK, null);
  });

  const refused: readonly (readonly [json: object, at: string])[] = [
    [{ system: [{ guardContent: { text: { text: "a" } } }] }, "system.[0]"],
    [
      { messages: [{ role: "user", content: [{ guardContent: { text: { text: "a" } } }] }] },
      "messages.[0].content.[0]",
    ],
    [
      {
        messages: [
          { role: "user", content: [{ video: { format: "mp4", source: { bytes: "AAAA" } } }] },
        ],
      },
      "messages.[0].content.[0]",
    ],
    [
      {
        messages: [
          {
            role: "user",
            content: [{ document: { name: "d", source: { content: [{ text: "a" }] } } }],
          },
        ],
      },
      "messages.[0].content.[0].document.source",
    ],
    [
      {
        messages: [
          {
            role: "assistant",
            content: [
              { toolUse: { toolUseId: "t", name: "f", input: {}, type: "server_tool_use" } },
            ],
          },
        ],
      },
      "messages.[0].content.[0].toolUse.type",
    ],
    [
      {
        messages: [
          {
            role: "user",
            content: [{ toolResult: { toolUseId: "t", content: [{ searchResult: {} }] } }],
          },
        ],
      },
      "messages.[0].content.[0].toolResult.content.[0]",
    ],
    [
      { toolConfig: { tools: [{ systemTool: { name: "nova_grounding" } }] } },
      "toolConfig.tools.[0]",
    ],
  ];
  for (const [json, at] of refused) {
    test(`WIR-13 no other dialect has ${at}`, () => {
      const canonical = readGood({ messages: [hi], ...json }).toCanonical();
      assert.ok(!canonical.ok);
      assert.deepEqual([canonical.code, canonical.path], ["unsupported_by_target", at]);
    });
  }

  test("a cache point ahead of all tools belongs to none", () => {
    const point = { cachePoint: { type: "default" } };
    const spec = { toolSpec: { name: "f", inputSchema: { json: {} } } };
    const { tools } = canonicalOf({ toolConfig: { tools: [point, spec] } });
    assert.equal(tools[0]?.cachePoint, undefined);
  });
});

test("Nova has its own place for top_k", () => {
  const request = canonicalOf({ additionalModelRequestFields: { top_k: 5 } });
  const written = JSON.parse(writeGood(request, nova).toString()) as Record<string, unknown>;
  assert.deepEqual(written["additionalModelRequestFields"], { inferenceConfig: { topK: 5 } });
});
