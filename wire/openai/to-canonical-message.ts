import type { CachePoint, MediaSource, Message, Part, TextPart } from "../canonical/request.ts";
import type {
  ChatAssistantMessage,
  ChatFile,
  ChatFunctionMessage,
  ChatMessage,
  ChatPart,
  ChatToolCall,
} from "./chat-body.ts";
import { parseDataUrl } from "./data-url.ts";

type Content = string | readonly ChatPart[] | null;

export const toTextParts = (content: Content): TextPart[] => {
  if (content === null) return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  return content.flatMap((part) =>
    part.type === "text" ? [{ kind: "text" as const, text: part.text }] : [],
  );
};

/** A URL, or the data in it; `otherwise` is its media type where it names none. */
export function toSource(url: string, otherwise: string): MediaSource {
  const inline = parseDataUrl(url);
  if (inline === null) return { kind: "url", url };
  const { mediaType, base64: data } = inline;
  return { kind: "base64", mediaType: mediaType === "" ? otherwise : mediaType, data };
}

/** Bare base64 is taken for what the API was made for. */
export const toFileSource = ({ file_data: data, file_id: id }: ChatFile): MediaSource => {
  if (typeof data !== "string") return { kind: "file", id: id ?? "" };
  const source = toSource(data, "application/pdf");
  return source.kind === "base64" ? source : { kind: "base64", mediaType: "application/pdf", data };
};

function toPart(part: ChatPart): Part {
  if (part.type === "text") return { kind: "text", text: part.text };
  if (part.type === "refusal") return { kind: "refusal", text: part.refusal };
  if (part.type === "image_url") {
    const source = toSource(part.image_url.url, "image/png");
    const { detail } = part.image_url;
    return typeof detail === "string"
      ? { kind: "image", source, detail }
      : { kind: "image", source };
  }
  const source = toFileSource(part.file);
  const { filename } = part.file;
  return typeof filename === "string"
    ? { kind: "document", source, name: filename }
    : { kind: "document", source };
}

interface CacheMark {
  readonly ttl?: string | null;
}

/** The longest that both sides know is the nearest there is. */
export const cachePointOf = ({ ttl }: CacheMark): CachePoint => ({
  kind: "cachePoint",
  ttl: ttl === "12h" ? "1h" : "5m",
});

const cacheMarkOf = (part: ChatPart): CacheMark | null =>
  part.type === "refusal" ? null : (part.prompt_cache_breakpoint ?? null);

function toParts(content: Content): Part[] {
  if (content === null) return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  const parts: Part[] = [];
  for (const part of content) {
    parts.push(toPart(part));
    const mark = cacheMarkOf(part);
    if (mark !== null) parts.push(cachePointOf(mark));
  }
  return parts;
}

const toCallPart = (call: ChatToolCall): Part => ({
  kind: "toolCall",
  id: call.id,
  name: call.type === "custom" ? call.custom.name : call.function.name,
  arguments: call.type === "custom" ? call.custom.input : call.function.arguments,
});

function toAssistantParts(message: ChatAssistantMessage): Part[] {
  const parts = toParts(message.content ?? null);
  if (typeof message.refusal === "string") parts.push({ kind: "refusal", text: message.refusal });
  for (const call of message.tool_calls ?? []) parts.push(toCallPart(call));
  return parts;
}

const named = (message: Message, name: string | null | undefined): Message =>
  typeof name === "string" ? { ...message, name } : message;

/** One message; the deprecated role `function` is refused before. */
export function toMessage(message: Exclude<ChatMessage, ChatFunctionMessage>): Message {
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", parts: toTextParts(message.content) };
    case "user":
      return named({ role: "user", parts: toParts(message.content) }, message.name);
    case "assistant":
      return named({ role: "assistant", parts: toAssistantParts(message) }, message.name);
    case "tool": {
      const parts = toTextParts(message.content);
      return { role: "tool", parts: [{ kind: "toolResult", id: message.tool_call_id, parts }] };
    }
  }
}
