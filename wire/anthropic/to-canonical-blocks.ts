import { Buffer } from "node:buffer";

import type { CachePoint, MediaSource, Part, TextPart } from "../canonical/request.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type {
  Block,
  BlockSource,
  CacheControl,
  DocumentBlock,
  ImageBlock,
  KnownBlock,
  TextBlock,
  ToolResultBlock,
  ToolUseBlock,
} from "./message-body.ts";

export type Unsupported = Refusal<"unsupported_by_target">;

export const unsupported = (path: string): Unsupported =>
  refuse(
    "unsupported_by_target",
    path,
    `Cannot translate the request: only a target of the Anthropic dialect carries "${path}"`,
  );

type Translated<T> = Parsed<T, "unsupported_by_target">;

const known: ReadonlySet<string> = new Set<KnownBlock["type"]>([
  "text",
  "image",
  "document",
  "tool_use",
  "tool_result",
  "thinking",
  "redacted_thinking",
]);

/** The validator has looked at the members of these. */
const isKnown = (block: Block): block is KnownBlock => known.has(block.type);

export const toCachePoint = ({ ttl }: CacheControl): CachePoint => ({
  kind: "cachePoint",
  ttl: ttl ?? "5m",
});

export const toTextPart = ({ text, citations }: TextBlock): TextPart =>
  (citations ?? []).length === 0
    ? { kind: "text", text }
    : { kind: "text", text, citations: citations ?? [] };

function toSource(source: BlockSource, path: string): Translated<MediaSource> {
  switch (source.type) {
    case "base64":
      return ok({ kind: "base64", mediaType: source.media_type, data: source.data });
    case "text": {
      const data = Buffer.from(source.data).toString("base64");
      return ok({ kind: "base64", mediaType: source.media_type, data });
    }
    case "url":
      return ok({ kind: "url", url: source.url });
    case "file":
      return ok({ kind: "file", id: source.file_id });
    case "content":
      return unsupported(`${path}.source`);
  }
}

function toImage({ source, transformations }: ImageBlock, path: string): Translated<Part> {
  // The one that is not the default makes an error of a large image.
  if (transformations?.["oversized_image"] === "error") {
    return unsupported(`${path}.transformations`);
  }
  const read = toSource(source, path);
  return read.ok ? ok({ kind: "image", source: read.value }) : read;
}

function toDocument(block: DocumentBlock, path: string): Translated<Part> {
  const { title, context, citations } = block;
  const source = toSource(block.source, path);
  if (!source.ok) return source;
  return ok({
    kind: "document",
    source: source.value,
    ...(typeof title === "string" ? { name: title } : {}),
    ...(typeof context === "string" ? { context } : {}),
    ...(citations?.enabled === true ? { citations: true } : {}),
  });
}

function toToolCall(block: ToolUseBlock, path: string): Translated<Part> {
  const { id, name, input, caller, toolset_name: toolset } = block;
  if (typeof toolset === "string") return unsupported(`${path}.toolset_name`);
  // A call that code of the provider's made.
  if (caller && caller.type !== "direct") return unsupported(`${path}.caller`);
  return ok({ kind: "toolCall", id, name, arguments: JSON.stringify(input) });
}

function toToolResult(block: ToolResultBlock, path: string): Translated<Part> {
  const parts = toParts(block.content ?? [], `${path}.content`);
  if (!parts.ok) return parts;
  return ok({
    kind: "toolResult",
    id: block.tool_use_id,
    parts: parts.value,
    ...(block.is_error === true ? { isError: true } : {}),
  });
}

function toPart(block: KnownBlock, path: string): Translated<Part> {
  switch (block.type) {
    case "text":
      return ok(toTextPart(block));
    case "image":
      return toImage(block, path);
    case "document":
      return toDocument(block, path);
    case "tool_use":
      return toToolCall(block, path);
    case "tool_result":
      return toToolResult(block, path);
    case "thinking": {
      const { thinking: text, signature } = block;
      const isSigned = typeof signature === "string" && signature !== "";
      return ok(isSigned ? { kind: "reasoning", text, signature } : { kind: "reasoning", text });
    }
    case "redacted_thinking":
      return ok({ kind: "reasoning", text: "", redacted: block.data });
  }
}

/** `content`; refuses blocks of tools that the provider runs, and those it alone understands. */
export function toParts(content: string | readonly Block[], path: string): Translated<Part[]> {
  if (typeof content === "string") return ok([{ kind: "text", text: content }]);
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const place = `${path}.[${index}]`;
    if (!isKnown(block)) return unsupported(place);
    const part = toPart(block, place);
    if (!part.ok) return part;
    parts.push(part.value);
    const mark = "cache_control" in block ? (block.cache_control ?? null) : null;
    if (mark !== null) parts.push(toCachePoint(mark));
  }
  return ok(parts);
}
