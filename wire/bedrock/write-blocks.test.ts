import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest, Message, Part, Tool } from "../canonical/request.ts";
import { foreign, haiku, jsonOf, llama, nova, writeGood } from "./request-fixture.ts";
import { writeConverseRequest } from "./write-request.ts";

const written = (
  changes: Partial<CanonicalRequest>,
  model: string = haiku,
): Record<string, unknown> => jsonOf(writeGood({ ...foreign, ...changes }, model));

const refusalOf = (changes: Partial<CanonicalRequest>): string => {
  const result = writeConverseRequest({ ...foreign, ...changes }, haiku);
  return result.ok ? "ok" : `${result.code} ${result.path}`;
};

const user = (...parts: readonly Part[]): Message => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Message => ({ role: "assistant", parts });
const said = (text: string): Part => ({ kind: "text", text });
const tool: Tool = { name: "f", description: "d", parameters: null, strict: null };

const messagesOf = (messages: readonly Message[], model?: string): unknown =>
  written({ messages }, model)["messages"];

describe("parts", () => {
  const contentOf = (part: Part, model?: string): unknown => {
    const [turn] = messagesOf([user(said("a"), part)], model) as { content: unknown[] }[];
    return turn?.content[1];
  };
  const base64 = (mediaType: string): { kind: "base64"; mediaType: string; data: string } => ({
    kind: "base64",
    mediaType,
    data: "AAAA",
  });

  test("images", () => {
    for (const [mediaType, format] of [
      ["image/png", "png"],
      ["image/jpg", "jpeg"],
      ["IMAGE/JPEG; q=1", "jpeg"],
    ] as const) {
      assert.deepEqual(contentOf({ kind: "image", source: base64(mediaType), detail: "low" }), {
        image: { format, source: { bytes: "AAAA" } },
      });
    }
  });

  test("documents have a name of few characters, and none twice", () => {
    const source = base64("text/markdown");
    const document = (name?: string): Part => ({
      kind: "document",
      source,
      ...(name === undefined ? {} : { name }),
    });
    const [turn] = messagesOf([
      user(document("a_b.md"), document("a b md"), document("報告書.pdf"), document(), document()),
    ]) as { content: { document: { name: string; format: string } }[] }[];
    const names = turn?.content.map(({ document: made }) => `${made.name} ${made.format}`);
    assert.deepEqual(names, ["a b md md", "a b md 2 md", "pdf md", "document md", "document 2 md"]);
  });

  test("a document's context and its wish to be cited", () => {
    const part: Part = {
      kind: "document",
      source: base64("application/pdf"),
      name: "d",
      context: "c",
      citations: true,
    };
    assert.deepEqual(contentOf(part), {
      document: {
        format: "pdf",
        name: "d",
        context: "c",
        citations: { enabled: true },
        source: { bytes: "AAAA" },
      },
    });
  });

  const url = { kind: "url", url: "https://example.com/a" } as const;
  const file = { kind: "file", id: "file-1" } as const;
  const refused: readonly (readonly [what: string, part: Part])[] = [
    ["an image by URL", { kind: "image", source: url }],
    ["an image by file id", { kind: "image", source: file }],
    ["an image of another type", { kind: "image", source: base64("image/tiff") }],
    ["a document by URL", { kind: "document", source: url }],
    ["a document by file id", { kind: "document", source: file }],
    ["a document of another type", { kind: "document", source: base64("application/zip") }],
    ["arguments that are no JSON", { kind: "toolCall", id: "t", name: "f", arguments: "{" }],
    ["arguments that are no object", { kind: "toolCall", id: "t", name: "f", arguments: "1" }],
  ];
  for (const [what, part] of refused) {
    test(`WIR-13 ${what} is refused, not dropped`, () => {
      assert.match(refusalOf({ messages: [user(said("a"), part)] }), /^unsupported_by_target /);
    });
  }

  test("arguments stay as they were written, and none are an empty object", () => {
    const parts: Part[] = [
      { kind: "toolCall", id: "t", name: "f", arguments: '{"n":9007199254740993}' },
      { kind: "toolCall", id: "u", name: "g", arguments: "" },
    ];
    const bytes = writeGood({ ...foreign, messages: [user(said("a")), assistant(...parts)] });
    assert.match(bytes.toString(), /"input":\{"n":9007199254740993\}/);
    assert.match(bytes.toString(), /"name":"g","input":\{\}/);
  });

  test("WIR-13 ids that do not fit are mapped, in the call as in its result", () => {
    const id = `call|${"x".repeat(80)}`;
    const messages = [
      user(said("a")),
      assistant({ kind: "toolCall", id, name: "f", arguments: "{}" }),
      user({ kind: "toolResult", id, parts: [] }),
    ];
    const text = JSON.stringify(messagesOf(messages));
    const ids = [...text.matchAll(/"toolUseId":"([^"]+)"/g)].map((found) => found[1] ?? "");
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
    assert.match(ids[0] ?? "", /^[\w-]{1,64}$/);
  });

  test("a tool that failed without a word says that it failed", () => {
    const part: Part = { kind: "toolResult", id: "t", parts: [said(" ")], isError: true };
    const [turn] = messagesOf([user(part)]) as { content: unknown[] }[];
    assert.deepEqual(turn?.content, [
      { toolResult: { toolUseId: "t", content: [{ text: "error" }], status: "error" } },
    ]);
    assert.deepEqual(messagesOf([user(part)], llama), [
      { role: "user", content: [{ toolResult: { toolUseId: "t", content: [] } }] },
    ]);
  });

  test("WIR-13 reasoning goes back signed or encrypted, or not at all", () => {
    const parts: Part[] = [
      { kind: "reasoning", text: "a", signature: "s" },
      { kind: "reasoning", text: "", redacted: "AA==" },
      { kind: "reasoning", text: "plain" },
      said("x"),
    ];
    const [, turn] = messagesOf([user(said("a")), assistant(...parts)]) as { content: unknown }[];
    assert.deepEqual(turn?.content, [
      { reasoningContent: { reasoningText: { text: "a", signature: "s" } } },
      { reasoningContent: { redactedContent: "AA==" } },
      { text: "x" },
    ]);
  });

  test("cache points stand behind what they keep, and not where a model has none", () => {
    const point = { kind: "cachePoint", ttl: "1h" } as const;
    const short = { kind: "cachePoint", ttl: "5m" } as const;
    const request = {
      system: [said("s"), point] as CanonicalRequest["system"],
      messages: [user(short, said("a"), short)],
      tools: [{ ...tool, cachePoint: "5m" }] as const,
    };
    const marked = JSON.stringify(written(request));
    assert.equal(marked.match(/cachePoint/g)?.length, 3);
    assert.match(marked, /"type":"default","ttl":"1h"/);
    assert.equal(JSON.stringify(written(request, nova)).match(/cachePoint/g)?.length, 2);
    assert.equal(JSON.stringify(written(request, llama)).match(/cachePoint/g), null);
  });

  test("of more than four cache points the last ones are kept", () => {
    const point = { kind: "cachePoint", ttl: "5m" } as const;
    const parts = [1, 2, 3, 4].flatMap((count): Part[] => [said(String(count)), point]);
    const json = written({
      system: [said("s"), point] as CanonicalRequest["system"],
      tools: [{ ...tool, cachePoint: "5m" }],
      messages: [user(...parts)],
    });
    assert.equal(JSON.stringify(json["toolConfig"]).includes("cachePoint"), false);
    assert.equal(JSON.stringify(json["system"]).includes("cachePoint"), false);
    assert.equal(JSON.stringify(json["messages"]).match(/cachePoint/g)?.length, 4);
  });
});
