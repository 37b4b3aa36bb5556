import type { CanonicalRequest, MediaSource, Message, Part } from "../canonical/request.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";

type Unsupported = Refusal<"unsupported_by_target">;

type Written = Parsed<unknown, "unsupported_by_target">;

const unsupported = (what: string): Unsupported =>
  refuse("unsupported_by_target", "messages", `Cannot write the request: ${what}`);

type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

const dataUrl = (source: Extract<MediaSource, { kind: "base64" }>): string =>
  `data:${source.mediaType};base64,${source.data}`;

function writeImage({ source, detail }: PartOf<"image">): Written {
  if (source.kind === "file") return unsupported("this dialect has no images by file id");
  const url = source.kind === "url" ? source.url : dataUrl(source);
  return ok({ type: "image_url", image_url: detail === undefined ? { url } : { url, detail } });
}

function writeDocument({ source, name }: PartOf<"document">): Written {
  if (source.kind === "url") return unsupported("this dialect has no documents by URL");
  const filename = name === undefined ? {} : { filename: name };
  return source.kind === "file"
    ? ok({ type: "file", file: { file_id: source.id, ...filename } })
    : ok({ type: "file", file: { file_data: dataUrl(source), ...filename } });
}

/**
 * One content part, null for what has no words here and only tunes: cache points, and reasoning,
 * which goes back to nobody but the provider that signed it.
 */
function writePart(part: Part): Written | null {
  switch (part.kind) {
    case "text":
      return ok({ type: "text", text: part.text });
    case "refusal":
      return ok({ type: "refusal", refusal: part.text });
    case "image":
      return writeImage(part);
    case "document":
      return writeDocument(part);
    case "toolCall":
    case "toolResult":
    case "reasoning":
    case "cachePoint":
      return null;
  }
}

/** A lone text is written as a string: every server reads that. Null when nothing is left. */
function writeContent(parts: readonly Part[]): Written {
  const kept: Part[] = [];
  const content: unknown[] = [];
  for (const part of parts) {
    const written = writePart(part);
    if (written === null) continue;
    if (!written.ok) return written;
    kept.push(part);
    content.push(written.value);
  }
  const [only] = kept;
  if (kept.length === 1 && only?.kind === "text") return ok(only.text);
  return ok(content.length === 0 ? null : content);
}

const writeCall = ({ id, name, arguments: text }: PartOf<"toolCall">): unknown => ({
  id,
  type: "function",
  function: { name, arguments: text },
});

const nameOf = (message: Message): { readonly name?: string } =>
  message.name === undefined ? {} : { name: message.name };

function writeAssistant(message: Message): Written {
  const refusals = message.parts.filter((part) => part.kind === "refusal");
  const others = message.parts.filter((part) => part.kind !== "toolCall");
  const calls = message.parts.filter((part) => part.kind === "toolCall").map(writeCall);
  // Where nothing else was said, the field is understood by more servers than the part.
  const [refusal] = refusals.length === 1 && others.length === 1 ? refusals : [];
  const content = refusal === undefined ? writeContent(others) : ok(null);
  if (!content.ok) return content;
  return ok({
    role: "assistant",
    content: content.value,
    ...(refusal === undefined ? {} : { refusal: refusal.text }),
    ...nameOf(message),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  });
}

function writeToolResult({ id, parts }: PartOf<"toolResult">): Written {
  if (parts.some((part) => part.kind === "image" || part.kind === "document")) {
    return unsupported("this dialect has only text in tool results");
  }
  const content = writeContent(parts);
  return content.ok
    ? ok({ role: "tool", tool_call_id: id, content: content.value ?? "" })
    : content;
}

/** Tool results become messages of their own, ahead of what the user said beside them. */
function writeMessage(message: Message, written: unknown[]): Unsupported | null {
  if (message.role === "assistant") return append(written, writeAssistant(message));
  for (const part of message.parts) {
    if (part.kind !== "toolResult") continue;
    const refused = append(written, writeToolResult(part));
    if (refused !== null) return refused;
  }
  const rest = message.parts.filter((part) => part.kind !== "toolResult");
  const content = writeContent(rest);
  if (!content.ok) return content;
  // An empty text behind them would be a turn of the user's, and the one that is answered.
  const hasResults = rest.length < message.parts.length;
  if (content.value === null && (hasResults || message.role === "tool")) return null;
  const role = message.role === "system" ? "system" : "user";
  return append(written, ok({ role, content: content.value ?? "", ...nameOf(message) }));
}

function append(written: unknown[], message: Written): Unsupported | null {
  if (!message.ok) return message;
  written.push(message.value);
  return null;
}

/** The conversation as this dialect writes it. */
export function writeMessages(
  request: CanonicalRequest,
): Parsed<unknown[], "unsupported_by_target"> {
  const written: unknown[] = [];
  if (request.system.length > 0) {
    const content = writeContent(request.system);
    if (!content.ok) return content;
    written.push({ role: "system", content: content.value });
  }
  for (const message of request.messages) {
    const refused = writeMessage(message, written);
    if (refused !== null) return { ...refused, path: request.fieldNames?.messages ?? refused.path };
  }
  return ok(written);
}
