import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest, Part } from "../canonical/request.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { writeCountRequest } from "./count-tokens.ts";
import {
  assistant,
  base,
  call,
  droppedOf,
  options,
  sampling,
  system,
  text,
  textBlock,
  user,
  write,
} from "./request-fixture.ts";
import { writeMessagesRequest, type WriteOptions } from "./write-request.ts";

describe("a request", () => {
  test("the least", () => {
    assert.deepEqual(write({}), {
      model: "claude-opus-4-8",
      max_tokens: 9,
      messages: [{ role: "user", content: [textBlock("Hi")] }],
    });
  });

  test("a limit is demanded, whoever names none", () => {
    assert.equal(write({ maxTokens: null })["max_tokens"], 4096);
  });

  test("the end user and what stops the model", () => {
    const body = write({ user: "u", stop: ["a", ""], metadata: { k: "v" }, stream: true });
    assert.deepEqual(
      [body["metadata"], body["stop_sequences"], body["stream"]],
      [{ user_id: "u" }, ["a"], true],
    );
  });

  test("what only another dialect knows stays behind, its own is kept", () => {
    const thinking = { type: "adaptive" };
    assert.equal(write({ rest: { verbosity: "low" } })["verbosity"], undefined);
    assert.deepEqual(write({ dialect: "anthropic", rest: { thinking } })["thinking"], thinking);
  });

  test("what Bedrock hands on to Claude is said to Claude", () => {
    const additionalModelRequestFields = { thinking: { type: "disabled" }, top_k: 5 };
    const body = write(
      { dialect: "bedrock", rest: { additionalModelRequestFields } },
      { model: "claude-3-5-sonnet-20241022" },
    );
    assert.deepEqual([body["thinking"], body["top_k"]], [{ type: "disabled" }, 5]);
  });

  test("a count asks for no answer", () => {
    const request = { ...base, stream: true, user: "u", stop: ["a"] };
    const counted = writeCountRequest(request, options);
    assert.ok(counted.ok);
    assert.deepEqual(Object.keys(JSON.parse(counted.value.toString())), ["model", "messages"]);
  });
});

describe("tools and format", () => {
  const tool = { name: "f", description: null, parameters: null, strict: null };
  const choices: readonly (readonly [Partial<CanonicalRequest>, unknown])[] = [
    [{}, undefined],
    [{ parallelTools: true }, undefined],
    [{ parallelTools: false }, { type: "auto", disable_parallel_tool_use: true }],
    [{ toolChoice: { kind: "required" } }, { type: "any" }],
    [{ toolChoice: { kind: "none" }, parallelTools: false }, { type: "none" }],
    [
      { toolChoice: { kind: "tool", name: "f" }, parallelTools: false },
      { type: "tool", name: "f", disable_parallel_tool_use: true },
    ],
  ];
  for (const [request, expected] of choices) {
    test(`choice ${JSON.stringify(request)}`, () => {
      assert.deepEqual(write({ tools: [tool], ...request })["tool_choice"], expected);
      assert.equal(write(request)["tool_choice"], undefined);
    });
  }

  test("a tool without parameters takes an object", () => {
    const parameters = { properties: { a: {} } };
    assert.deepEqual(write({ tools: [tool, { ...tool, parameters, strict: true }] })["tools"], [
      { name: "f", input_schema: { type: "object" } },
      { name: "f", input_schema: { type: "object", ...parameters }, strict: true },
    ]);
  });

  test("a schema for the answer is closed, and stands beside the effort", () => {
    const schema = { type: "object", properties: { a: { type: "object" } } };
    const format = { kind: "schema", name: "n", schema, strict: null, description: null } as const;
    const request = {
      dialect: "anthropic",
      rest: { output_config: { effort: "low" } },
      responseFormat: format,
    } as const;
    const closed = { type: "object", additionalProperties: false };
    assert.deepEqual(write(request)["output_config"], {
      effort: "low",
      format: { type: "json_schema", schema: { ...closed, properties: { a: closed } } },
    });
    assert.equal(write({ responseFormat: { kind: "text" } })["output_config"], undefined);
  });
});

describe("sampling", () => {
  const chosen = { ...sampling, temperature: 0.5, topP: 0.9, topK: 5, seed: 1 };
  const rows: readonly (readonly [model: string, version: ApiVersion, kept: object])[] = [
    ["claude-3-5-sonnet-20241022", "2023-06-01", { temperature: 0.5, top_p: 0.9, top_k: 5 }],
    ["claude-sonnet-4-5", "2023-06-01", { temperature: 0.5, top_k: 5 }],
    ["claude-opus-5", "2023-06-01", {}],
    ["claude-sonnet-4-5", "2026-10-21", {}],
  ];
  for (const [model, apiVersion, kept] of rows) {
    test(`${model} at ${apiVersion}: what is left out is told`, () => {
      const written = Object.entries(write({ sampling: chosen }, { model, apiVersion }));
      const others = written.filter(([key]) => key.startsWith("t"));
      assert.deepEqual(Object.fromEntries(others), kept);
      const dropped = droppedOf({ sampling: { ...chosen, seed: null } }, { model, apiVersion });
      assert.deepEqual([...dropped, ...Object.keys(kept)].toSorted(), [
        "temperature",
        "top_k",
        "top_p",
      ]);
    });
  }
});

describe("WIR-13 what this dialect cannot carry is refused, not dropped", () => {
  const old = { model: "claude-sonnet-4-5" };
  const pdf = (mediaType: string): Part => ({
    kind: "document",
    source: { kind: "base64", mediaType, data: "AA" },
  });
  const rows: readonly (readonly [
    what: string,
    Partial<CanonicalRequest>,
    string,
    Partial<WriteOptions>?,
  ])[] = [
    ["more than one answer", { rest: { n: 2 } }, "n"],
    ["log probabilities", { rest: { logprobs: true } }, "logprobs"],
    ["JSON of any form", { responseFormat: { kind: "json" } }, "response_format"],
    [
      "a schema that is none",
      {
        responseFormat: {
          kind: "schema",
          name: "n",
          schema: null,
          strict: null,
          description: null,
        },
      },
      "response_format",
    ],
    ["a member that nobody knows", { rest: { modality_of_tomorrow: 1 } }, "modality_of_tomorrow"],
    ["white space that stops", { stop: ["\n"] }, "stop"],
    [
      "a file of another provider",
      { messages: [user({ kind: "image", source: { kind: "file", id: "f" } })] },
      "messages.[0]",
    ],
    ["a document of another kind", { messages: [user(pdf("application/msword"))] }, "messages"],
    ["arguments that are no object", { messages: [assistant(call("x", "[1]"))] }, "messages"],
    ["arguments that are no JSON", { messages: [assistant(call("x", '{"a":'))] }, "messages"],
    ["nothing said", { messages: [user(text(""))] }, "messages"],
    ["no conversation", { messages: [] }, "messages"],
    [
      "an instruction ahead of an answer",
      { messages: [user(text("a")), assistant(text("b")), system(text("s"))] },
      "messages",
    ],
    [
      "an instruction for an older model",
      { messages: [user(text("a")), system(text("s"))] },
      "messages",
      old,
    ],
  ];
  for (const [what, request, path, changes = {}] of rows) {
    test(what, () => {
      const refused = writeMessagesRequest({ ...base, ...request }, { ...options, ...changes });
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], ["unsupported_by_target", path]);
    });
  }
});
