import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { base, sampling } from "../anthropic/request-fixture.ts";
import type { CanonicalRequest, Message, Part } from "../canonical/request.ts";
import { writeProof } from "./proof.ts";
import { testSeal } from "./seal-fixture.ts";
import { writeCall, type WrittenCall } from "./write-request.ts";

const seal = testSeal("a");

const write = (asks: Partial<CanonicalRequest>): WrittenCall => {
  const written = writeCall({ ...base, ...asks }, seal);
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value;
};

const refusalOf = (asks: Partial<CanonicalRequest>): string => {
  const written = writeCall({ ...base, ...asks }, seal);
  return written.ok ? "written" : `${written.code} ${written.path}: ${written.message}`;
};

const text = (said: string): Part => ({ kind: "text", text: said });
const user = (...parts: Part[]): Message => ({ role: "user", parts });
const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts });
const call: Part = { kind: "toolCall", id: "t1", name: "f", arguments: '{"x":1}' };
const tool = { name: "f", description: "does f", parameters: null, strict: true };

describe("WIR-8 a request in the words of the AI SDK", () => {
  test("a conversation with tools", () => {
    const { options, dropped } = write({
      system: [text("Be brief."), text("Be kind.")] as CanonicalRequest["system"],
      messages: [
        user(text("Hi"), text("")),
        assistant(text("One moment"), call, { ...call, id: "t2", arguments: " " }),
        { role: "tool", parts: [{ kind: "toolResult", id: "t1", parts: [text("1"), text("2")] }] },
        user({ kind: "toolResult", id: "t2", parts: [text("no")], isError: true }, text("Go on")),
      ],
      tools: [tool],
      toolChoice: { kind: "tool", name: "f" },
    });
    assert.deepEqual(options.prompt, [
      { role: "system", content: "Be brief.\n\nBe kind." },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "One moment" },
          { type: "tool-call", toolCallId: "t1", toolName: "f", input: { x: 1 } },
          { type: "tool-call", toolCallId: "t2", toolName: "f", input: {} },
        ],
      },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "t1",
            toolName: "f",
            output: { type: "text", value: "1\n2" },
          },
          {
            type: "tool-result",
            toolCallId: "t2",
            toolName: "f",
            output: { type: "error-text", value: "no" },
          },
        ],
      },
      { role: "user", content: [{ type: "text", text: "Go on" }] },
    ]);
    assert.deepEqual(options.tools, [
      {
        type: "function",
        name: "f",
        description: "does f",
        inputSchema: { type: "object", properties: {} },
        strict: true,
      },
    ]);
    assert.deepEqual(options.toolChoice, { type: "tool", toolName: "f" });
    assert.deepEqual(dropped, []);
  });

  test("pictures, documents and settings", () => {
    const source = (mediaType: string) => ({ kind: "base64", mediaType, data: "AAAA" }) as const;
    const { options } = write({
      messages: [
        user(
          { kind: "image", source: source("image/jpg") },
          { kind: "document", source: source("application/pdf"), name: "a.pdf" },
        ),
      ],
      sampling: { ...sampling, temperature: 0.5, topP: 0.9, topK: 5, seed: 7 },
      stop: ["END", ""],
      maxTokens: 33,
      responseFormat: {
        kind: "schema",
        name: "book",
        schema: { type: "object" },
        strict: true,
        description: null,
      },
    });
    const { prompt, ...settings } = options;
    const data = { type: "data", data: "AAAA" };
    assert.deepEqual(prompt, [
      {
        role: "user",
        content: [
          { type: "file", mediaType: "image/jpeg", data },
          { type: "file", mediaType: "application/pdf", filename: "a.pdf", data },
        ],
      },
    ]);
    assert.deepEqual(settings, {
      maxOutputTokens: 33,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 7,
      stopSequences: ["END"],
      responseFormat: { type: "json", name: "book", schema: { type: "object" } },
    });
  });

  test("WIR-13 reasoning goes back with what the package said of it, nobody else's does", () => {
    const own = writeProof("reasoning", { anthropic: { signature: "s" } }, seal) ?? "";
    const foreign = writeProof("reasoning", { a: { signature: "s" } }, testSeal("b")) ?? "";
    const ofCall = writeProof("call", { google: { thoughtSignature: "t" } }, seal) ?? "";
    const { options, dropped } = write({
      messages: [
        user(text("Hi")),
        assistant(
          { kind: "reasoning", text: "Hm", signature: own },
          { kind: "reasoning", text: "Ha", signature: "EqQBCkYICBgC" },
          { kind: "reasoning", text: "Ho", signature: foreign },
          { kind: "reasoning", text: "", signature: ofCall },
          call,
          { ...call, id: "t2" },
        ),
      ],
    });
    assert.deepEqual(options.prompt[1], {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm", providerOptions: { anthropic: { signature: "s" } } },
        {
          type: "tool-call",
          toolCallId: "t1",
          toolName: "f",
          input: { x: 1 },
          providerOptions: { google: { thoughtSignature: "t" } },
        },
        { type: "tool-call", toolCallId: "t2", toolName: "f", input: { x: 1 } },
      ],
    });
    assert.deepEqual(dropped, ["reasoning_signed"]);
  });

  test("an effort goes by its name where packages have it", () => {
    const effort = (said: string) => write({ rest: { reasoning_effort: said } });
    assert.equal(effort("low").options.reasoning, "low");
    assert.deepEqual(effort("low").dropped, []);
    assert.equal("reasoning" in effort("heroic").options, false);
    assert.deepEqual(effort("heroic").dropped, ["reasoning_effort"]);
  });
});

test("WIR-13 what a package has no words for is refused with the field", () => {
  const url = { kind: "url", url: "https://a.example/b.png" } as const;
  const lost = { kind: "toolResult", id: "t9", parts: [text("1")] } as const;
  const rows: readonly (readonly [Partial<CanonicalRequest>, RegExp])[] = [
    [{ parallelTools: false }, /tool_choice: .*side by side/],
    [{ messages: [user({ kind: "image", source: url })] }, /messages: .*nobody has fetched/],
    [{ messages: [user(lost)] }, /messages: .*behind no call/],
    [{ messages: [assistant({ ...call, arguments: "[1]" })] }, /messages: .*no JSON object/],
    [{ messages: [user(text(""))] }, /messages: .*nothing is said/],
    [{ rest: { n: 2 } }, /n: .*more than one answer, which no target that is a package/],
    [{ rest: { of_tomorrow: 1 } }, /of_tomorrow: /],
  ];
  for (const [asks, why] of rows) {
    const said = refusalOf(asks);
    assert.match(said, /^unsupported_by_target /);
    assert.match(said, why);
  }
});
