import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { base as least } from "../anthropic/request-fixture.ts";
import type { CanonicalRequest, Part } from "../canonical/request.ts";
import { readGenerateRequest } from "./generate-request.ts";
import { writeGenerateRequest } from "./write-request.ts";

const base: CanonicalRequest = { ...least, maxTokens: null };

const write = (request: Partial<CanonicalRequest>, model = "gemini-2.5-flash") =>
  writeGenerateRequest({ ...base, ...request }, model);

function bodyOf(request: Partial<CanonicalRequest>, model?: string): unknown {
  const written = write(request, model);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return JSON.parse(written.value.bytes.toString());
}

function droppedOf(request: Partial<CanonicalRequest>, model?: string): readonly string[] {
  const written = write(request, model);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.dropped;
}

const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const call = (id: string, args = "{}"): Part => ({
  kind: "toolCall",
  id,
  name: "f",
  arguments: args,
});
const result = (id: string, text: string, isError?: true): Part => ({
  kind: "toolResult",
  id,
  parts: [{ kind: "text", text }],
  ...(isError === undefined ? {} : { isError }),
});
const user: CanonicalRequest["messages"][number] = {
  role: "user",
  parts: [{ kind: "text", text: "Hi" }],
};

describe("a request in Gemini's words", () => {
  test("nothing but what was asked", () => assert.deepEqual(bodyOf({}), { contents }));

  test("instructions, options, tools and a schema", () => {
    const schema = { type: "object", properties: { a: { $ref: "#/$defs/b" } }, $defs: { b: {} } };
    const body = bodyOf({
      system: [{ kind: "text", text: "Be brief" }],
      tools: [{ name: "f", description: "d", parameters: schema, strict: true }],
      toolChoice: { kind: "tool", name: "f" },
      sampling: {
        temperature: 1,
        topP: 0.5,
        topK: 3,
        seed: 4,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
      },
      stop: ["x"],
      maxTokens: 9,
      responseFormat: { kind: "schema", name: "n", schema, strict: true, description: null },
    });
    assert.deepEqual(body, {
      systemInstruction: { parts: [{ text: "Be brief" }] },
      contents,
      tools: [
        { functionDeclarations: [{ name: "f", description: "d", parametersJsonSchema: schema }] },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: {
        temperature: 1,
        topP: 0.5,
        topK: 3,
        seed: 4,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        maxOutputTokens: 9,
        stopSequences: ["x"],
        responseMimeType: "application/json",
        responseJsonSchema: schema,
      },
    });
  });

  test("results of parallel calls stand together behind them, ahead of what the user adds", () => {
    const body = bodyOf({
      messages: [
        user,
        { role: "assistant", parts: [call("a", '{"n":9007199254740993}'), call("b")] },
        { role: "tool", parts: [result("a", '{"x":1}')] },
        { role: "tool", parts: [result("b", "no", true)] },
        user,
      ],
    });
    assert.deepEqual(body, {
      contents: [
        ...contents,
        {
          role: "model",
          parts: [
            { functionCall: { id: "a", name: "f", args: { n: 9007199254740993n } } },
            { functionCall: { id: "b", name: "f", args: {} } },
          ].map((part) => JSON.parse(JSON.stringify(part, asNumber))),
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "a", name: "f", response: { x: 1 } } },
            { functionResponse: { id: "b", name: "f", response: { error: "no" } } },
          ],
        },
        ...contents,
      ],
    });
    const written = write({
      messages: [user, { role: "assistant", parts: [call("a", '{"n":9007199254740993}')] }],
    });
    assert.ok(written.ok && written.value.bytes.includes("9007199254740993"));
  });

  test("WIR-13 a signature stands on what was said behind the thought", () => {
    const parts: Part[] = [
      { kind: "reasoning", text: "hm", signature: "c2ln" },
      call("a"),
      { kind: "text", text: "and" },
      { kind: "reasoning", text: "", signature: "ZW5k" },
    ];
    const messages = [user, { role: "assistant" as const, parts }];
    assert.deepEqual(bodyOf({ messages }), {
      contents: [
        ...contents,
        {
          role: "model",
          parts: [
            { functionCall: { id: "a", name: "f", args: {} }, thoughtSignature: "c2ln" },
            { text: "and" },
            { text: "", thoughtSignature: "ZW5k" },
          ],
        },
      ],
    });
  });

  test("models that demand a signature take a call of another provider's", () => {
    const messages = [user, { role: "assistant" as const, parts: [call("a"), call("b")] }];
    const body = JSON.stringify(bodyOf({ messages }, "gemini-3-pro-preview"));
    assert.equal(body.split("skip_thought_signature_validator").length, 2);
    assert.ok(!JSON.stringify(bodyOf({ messages })).includes("skip_thought"));
  });

  test("thinking as Anthropic's clients ask for it", () => {
    const thinking = { type: "enabled", budget_tokens: 2048 };
    const asked = { dialect: "anthropic", rest: { thinking } } as const;
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } };
    assert.deepEqual(bodyOf(asked), { contents, generationConfig: config });
    assert.deepEqual(droppedOf(asked), []);
    assert.deepEqual(bodyOf(asked, "gemini-1.5-pro"), { contents });
    assert.deepEqual(droppedOf(asked, "gemini-1.5-pro"), ["thinking"]);
  });

  const refused: Readonly<Record<string, Partial<CanonicalRequest>>> = {
    "six stop sequences": { stop: ["1", "2", "3", "4", "5", "6"] },
    "no calls side by side": { parallelTools: false },
    "a result without its call": { messages: [user, { role: "tool", parts: [result("x", "a")] }] },
    "an instruction in between": { messages: [user, { ...user, role: "system" }] },
    "arguments that are no object": {
      messages: [user, { role: "assistant", parts: [call("a", "[1]")] }],
    },
    "nothing said": { messages: [] },
  };
  for (const [what, request] of Object.entries(refused)) {
    test(`WIR-13 ${what} is refused`, () => {
      const written = write(request);
      assert.equal(written.ok ? null : written.code, "unsupported_by_target");
    });
  }

  test("WIR-8 what only this dialect knows goes back to where it stood", () => {
    const body = {
      contents,
      safetySettings: [{ category: "c", threshold: "BLOCK_LOW_AND_ABOVE" }],
      cachedContent: "cachedContents/a",
      generationConfig: { thinkingConfig: { thinkingBudget: 5 }, ofTomorrow: 1, temperature: 1 },
      toolConfig: { retrievalConfig: { languageCode: "ja" } },
      labels: { a: "b" },
    };
    const path = { model: "m", stream: false };
    const read = readGenerateRequest(Buffer.from(JSON.stringify(body)), path);
    assert.ok(read.ok);
    const made = read.value.toCanonical();
    assert.ok(made.ok);
    assert.deepEqual(bodyOf(made.value), body);
  });
});

const asNumber = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? Number(value) : value;
