import { Buffer } from "node:buffer";

import type { CachePoint, MediaSource, Part, SystemPart } from "../canonical/request.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type {
  CachePointBlock,
  CitationsBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  ReasoningBlock,
  SystemBlock,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from "./converse-body.ts";
import { mediaTypeOf } from "./media-formats.ts";

export type Unsupported = Refusal<"unsupported_by_target">;

export const unsupported = (path: string): Unsupported =>
  refuse(
    "unsupported_by_target",
    path,
    `Cannot translate the request: only a target of Bedrock's Converse carries "${path}"`,
  );

export type Translated<T> = Parsed<T, "unsupported_by_target">;

export const toCachePoint = ({ ttl }: CachePointBlock): CachePoint => ({
  kind: "cachePoint",
  ttl: ttl ?? "5m",
});

function toImage({ format, source }: ImageBlock, path: string): Translated<Part> {
  const { bytes } = source;
  if (bytes === undefined) return unsupported(`${path}.source`);
  const mediaType = mediaTypeOf("image", format);
  return ok({ kind: "image", source: { kind: "base64", mediaType, data: bytes } });
}

function toDocument(document: DocumentBlock, path: string): Translated<Part> {
  const { name, format, source, context, citations } = document;
  const mediaType = mediaTypeOf("document", format ?? "txt");
  let data = source.bytes;
  if (typeof source.text === "string") data = Buffer.from(source.text).toString("base64");
  if (typeof data !== "string") return unsupported(`${path}.source`);
  const read: MediaSource = { kind: "base64", mediaType, data };
  return ok({
    kind: "document",
    source: read,
    name,
    ...(typeof context === "string" ? { context } : {}),
    ...(citations?.enabled === true ? { citations: true } : {}),
  });
}

function toToolCall(
  { toolUseId, name, input, type }: ToolUseBlock,
  path: string,
): Translated<Part> {
  // A call of a tool that the provider runs.
  if (typeof type === "string") return unsupported(`${path}.type`);
  return ok({ kind: "toolCall", id: toolUseId, name, arguments: JSON.stringify(input) });
}

function toResultPart(block: ToolResultContent, path: string): Translated<Part> {
  if (typeof block.text === "string") return ok({ kind: "text", text: block.text });
  if (block.json !== undefined) return ok({ kind: "text", text: JSON.stringify(block.json) });
  if (block.image) return toImage(block.image, `${path}.image`);
  if (block.document) return toDocument(block.document, `${path}.document`);
  return unsupported(path);
}

function toToolResult(result: ToolResultBlock, path: string): Translated<Part> {
  const parts: Part[] = [];
  for (const [index, block] of result.content.entries()) {
    const part = toResultPart(block, `${path}.content.[${index}]`);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  const isError = result.status === "error" ? ({ isError: true } as const) : {};
  return ok({ kind: "toolResult", id: result.toolUseId, parts, ...isError });
}

function toReasoning({ reasoningText, redactedContent }: ReasoningBlock): Part {
  if (typeof redactedContent === "string") {
    return { kind: "reasoning", text: "", redacted: redactedContent };
  }
  const { text = "", signature } = reasoningText ?? {};
  const isSigned = typeof signature === "string" && signature !== "";
  return isSigned ? { kind: "reasoning", text, signature } : { kind: "reasoning", text };
}

function toCitedText({ content, citations }: CitationsBlock): Part {
  const text = (content ?? []).map((said) => said.text ?? "").join("");
  return { kind: "text", text, citations: citations ?? [] };
}

function toPart(block: ContentBlock, path: string): Translated<Part> {
  if (typeof block.text === "string") return ok({ kind: "text", text: block.text });
  if (block.image) return toImage(block.image, `${path}.image`);
  if (block.document) return toDocument(block.document, `${path}.document`);
  if (block.toolUse) return toToolCall(block.toolUse, `${path}.toolUse`);
  if (block.toolResult) return toToolResult(block.toolResult, `${path}.toolResult`);
  if (block.reasoningContent) return ok(toReasoning(block.reasoningContent));
  if (block.citationsContent) return ok(toCitedText(block.citationsContent));
  if (block.cachePoint) return ok(toCachePoint(block.cachePoint));
  return unsupported(path);
}

/** `content`; refuses blocks that no other dialect has: recordings, guarded content, searches. */
export function toParts(content: readonly ContentBlock[], path: string): Translated<Part[]> {
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const part = toPart(block, `${path}.[${index}]`);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(parts);
}

export function toSystemParts(system: readonly SystemBlock[]): Translated<SystemPart[]> {
  const parts: SystemPart[] = [];
  for (const [index, { text, cachePoint }] of system.entries()) {
    if (typeof text === "string") parts.push({ kind: "text", text });
    else if (cachePoint) parts.push(toCachePoint(cachePoint));
    else return unsupported(`system.[${index}]`);
  }
  return ok(parts);
}
